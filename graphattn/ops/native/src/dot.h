// score = scale * (query_i . key_j + edge_query_i . features_ij).
#pragma once

#include "sources.h"

namespace graphattn::GRAPHATTN_ISA {

template <class T>
class DotScores {
 public:
  using A = Acc<T>;

  struct Shared {
    RowKernels<T> kernels;
    explicit Shared(const Args& args)
        : kernels(row_kernels<T>(args.heads, args.score_width)) {}
  };

  template <class Problem>
  DotScores(const Problem& problem, Arena& arena)
      : args_(problem.args),
        shape_(problem.shape),
        edges_(problem.edges),
        kernels_(problem.scores.kernels),
        width_(static_cast<int>(args_.score_width)),
        row_size_(problem.heads * width_),
        feature_size_(args_.edge_query ? edges_.width() * shape_.period : 0) {
    row_ = arena.take<A>(row_size_ + kLanes<A>);
    edge_query_ = arena.take<A>(feature_size_);
  }

  void begin_target(int64_t row) {
    const A scale = static_cast<A>(args_.scale);
    read_row(query_row(row), row_size_, scale, row_);
    if (feature_size_ == 0) return;
    edges_.transpose(
        static_cast<const T*>(args_.edge_query) + row * args_.edge_query_stride, scale,
        edge_query_);
  }
  void target_scores(const Block& block, A* score) const {
    kernels_.dots(block.rows_of<T>(args_.key, args_.key_stride), row_, score,
                  shape_.heads, width_, shape_.padded);
  }
  void feature_scores(const Block& block, A* score) const {
    if (feature_size_ > 0) edges_.dots(block, edge_query_, score);
  }

  int64_t target_state_size() const { return row_size_ + kLanes<A> + feature_size_; }
  int64_t task_sum_size() const { return 0; }
  static int64_t task_sum_size(const Args&) { return 0; }
  static void write_task_sums(const Args&, const A*) {}

  void target_gradient(const Block& block, const A* ds, A* state, A*,
                       A* d_features) const {
    kernels_.axpy(block.rows_of<T>(args_.key, args_.key_stride), ds, state, shape_.heads,
                  width_, shape_.padded);
    if (feature_size_ == 0) return;
    edges_.axpy(block, ds, state + row_size_ + kLanes<A>);
    if (d_features) edges_.feature_gradient(block, ds, edge_query_, d_features);
  }
  void finish_target(int64_t row, const A* state) const {
    const A scale = static_cast<A>(args_.scale);
    write_row(state, row_size_, scale, static_cast<T*>(args_.d_query) + row * row_size_);
    if (feature_size_ == 0) return;
    edges_.transpose_back(
        state + row_size_ + kLanes<A>, scale,
        static_cast<T*>(args_.d_edge_query) + row * shape_.heads * edges_.width());
  }

  void begin_source(int64_t row) {
    read_row(static_cast<const T*>(args_.key) + row * args_.key_stride, row_size_,
             static_cast<A>(args_.scale), row_);
  }
  void source_scores(const Block& block, A* score) const {
    kernels_.dots(block.rows_of<T>(args_.query, args_.query_stride), row_, score,
                  shape_.heads, width_, shape_.padded);
  }
  int64_t source_state_size() const { return row_size_ + kLanes<A>; }
  void source_gradient(const Block& block, const A* ds, A* state) const {
    kernels_.axpy(block.rows_of<T>(args_.query, args_.query_stride), ds, state,
                  shape_.heads, width_, shape_.padded);
  }
  void finish_source(int64_t row, const A* state) const {
    write_row(state, row_size_, static_cast<A>(args_.scale),
              static_cast<T*>(args_.d_key) + row * row_size_);
  }

 private:
  const T* query_row(int64_t row) const {
    return static_cast<const T*>(args_.query) + row * args_.query_stride;
  }

  const Args& args_;
  const Shape<A>& shape_;
  const Edges<T>& edges_;
  RowKernels<T> kernels_;
  int width_, row_size_, feature_size_;
  A *row_, *edge_query_;
};

}  // namespace graphattn::GRAPHATTN_ISA

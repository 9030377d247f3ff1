// score = weight . act(query_i + key_j + features_ij W): GATv2, Bahdanau's attention.
#pragma once

#include "additive_any.h"
#include "sources.h"

namespace graphattn::GRAPHATTN_ISA {

template <class T>
class AdditiveScores {
 public:
  using A = Acc<T>;

  struct Shared {
    AdditiveKernels<T> fast;
    AnyAdditiveKernels<T> any;

    explicit Shared(const Args& args) {
      const bool smooth = args.activation == kTanh;
      any = smooth ? AnyAdditiveKernels<T>{AnyAdditive<T, Tanh>::scores,
                                           AnyAdditive<T, Tanh>::gradient}
                   : AnyAdditiveKernels<T>{AnyAdditive<T, LeakyRelu>::scores,
                                           AnyAdditive<T, LeakyRelu>::gradient};
      // tanh costs more than what code for one shape would save.
      const bool general = smooth || args.edge_key_weight != nullptr;
      fast = general ? AdditiveKernels<T>{nullptr, nullptr}
                     : additive_kernels<T, LeakyRelu>(args.heads, args.score_width);
    }
  };

  template <class Problem>
  AdditiveScores(const Problem& problem, Arena& arena)
      : args_(problem.args),
        shape_(problem.shape),
        edges_(problem.edges),
        shared_(problem.scores),
        size_(static_cast<int>(args_.heads * args_.score_width)),
        stride_(stride_of(size_)),
        features_(features_of(args_)) {
    row_ = arena.take<A>(stride_);
    weight_ = arena.take<A>(stride_);
    logits_ = arena.take<A>(stride_);
    grads_ = arena.take<A>(stride_);
    projection_ = arena.take<A>(features_ * stride_);
    weighted_ = arena.take<A>(features_ * stride_);
    if (!arena.counting()) read_parameters();
  }

  void begin_target(int64_t row) { read(args_.query, args_.query_stride, row); }
  void target_scores(const Block& block, A* score) const {
    scores(block, block.rows_of<T>(args_.key, args_.key_stride), score);
  }
  void feature_scores(const Block&, A*) const {}

  int64_t target_state_size() const { return stride_; }
  int64_t task_sum_size() const { return task_sum_size(args_); }
  static int64_t task_sum_size(const Args& args) {
    const int64_t stride = stride_of(static_cast<int>(args.heads * args.score_width));
    return stride * (1 + features_of(args));
  }

  void target_gradient(const Block& block, const A* ds, A* state, A* task_sum,
                       A* d_features) const {
    A* d_projection = features_ > 0 ? task_sum + stride_ : nullptr;
    gradient(block, block.rows_of<T>(args_.key, args_.key_stride), ds,
             {state, task_sum, d_projection, features_ > 0 ? d_features : nullptr});
  }
  void finish_target(int64_t row, A* state) const { finish(args_.d_query, row, state); }

  static void write_task_sums(const Args& args, const A* sums) {
    const int size = static_cast<int>(args.heads * args.score_width);
    const int stride = stride_of(size);
    T* d_weight = static_cast<T*>(args.d_weight);
    const T* weight = static_cast<const T*>(args.weight);
    for (int i = 0; i < size; ++i) narrow(sums[i], d_weight + i);
    for (int f = 0; f < features_of(args); ++f) {
      T* d_projection = static_cast<T*>(args.d_edge_key_weight) + f * size;
      const A* sum = sums + (f + 1) * stride;
      for (int i = 0; i < size; ++i) narrow(sum[i] * widen(weight[i]), d_projection + i);
    }
  }

  void begin_source(int64_t row) { read(args_.key, args_.key_stride, row); }
  void source_scores(const Block& block, A* score) const {
    scores(block, block.rows_of<T>(args_.query, args_.query_stride), score);
  }
  int64_t source_state_size() const { return stride_; }
  void source_gradient(const Block& block, const A* ds, A* state) const {
    gradient(block, block.rows_of<T>(args_.query, args_.query_stride), ds,
             {state, nullptr, nullptr, nullptr});
  }
  void finish_source(int64_t row, A* state) const { finish(args_.d_key, row, state); }

 private:
  static int stride_of(int size) { return (size + kLanes<A> - 1) / kLanes<A> * kLanes<A>; }
  static int features_of(const Args& args) {
    return args.edge_key_weight ? static_cast<int>(args.edge_width) : 0;
  }

  void read_parameters() {
    const T* projection = static_cast<const T*>(args_.edge_key_weight);
    clear(weight_, stride_);
    clear(row_, stride_);
    read_row(static_cast<const T*>(args_.weight), size_, A(1), weight_);
    for (int f = 0; f < features_; ++f) {
      A *line = projection_ + f * stride_, *weighted = weighted_ + f * stride_;
      read_row(projection + static_cast<int64_t>(f) * size_, size_, A(1), line);
      for (int i = 0; i < stride_; ++i) weighted[i] = line[i] * weight_[i];
    }
  }

  void read(const void* rows, int64_t stride, int64_t row) {
    read_row(static_cast<const T*>(rows) + row * stride, size_, A(1), row_);
  }

  AdditiveRow<T> general() const {
    return {shape_.heads, static_cast<int>(args_.score_width),
            shape_.padded, size_,
            stride_,       features_,
            slope(),       row_,
            weight_,       projection_,
            weighted_,     logits_,
            grads_};
  }
  A slope() const { return static_cast<A>(args_.negative_slope); }

  void scores(const Block& block, const Gather<T>& rows, A* score) const {
    if (shared_.fast.scores != nullptr) {
      shared_.fast.scores(rows, row_, weight_, slope(), score);
    } else {
      shared_.any.scores(general(), rows, block.edge, edges_, score);
    }
  }

  void gradient(const Block& block, const Gather<T>& rows, const A* ds,
                const AdditiveGradients<T>& to) const {
    if (shared_.fast.gradient != nullptr) {
      shared_.fast.gradient(rows, row_, ds, slope(), to.row, to.weight);
    } else {
      shared_.any.gradient(general(), rows, block.edge, edges_, ds, to);
    }
  }

  void finish(void* to, int64_t row, A* state) const {
    for (int i = 0; i < stride_; i += kLanes<A>) {
      store(state + i, load(state + i) * load(weight_ + i));
    }
    write_row(state, size_, A(1), static_cast<T*>(to) + row * size_);
  }

  const Args& args_;
  const Shape<A>& shape_;
  const Edges<T>& edges_;
  const Shared& shared_;
  int size_, stride_, features_;
  A *row_, *weight_, *logits_, *grads_, *projection_, *weighted_;
};

}  // namespace graphattn::GRAPHATTN_ISA

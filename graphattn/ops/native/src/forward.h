// Forward: for each target, an online softmax over blocks of its edges.
//
// The state of a row is (top, total, sum): the largest score so far, the sum of
// exp(score - top), and the sum of exp(score - top) * value, all per head. A block
// that raises `top` first rescales the other two. Segments of a hub row leave such a
// state each; two of them merge by the same rescaling.
#pragma once

#include "edges.h"
#include "pass.h"
#include "select.h"

namespace graphattn::GRAPHATTN_ISA {

// What all passes read; `Scores` is DotScores, AdditiveScores or GatScores.
template <class T, class Scores>
struct Problem {
  using A = Acc<T>;
  const Args& args;
  Shape<A> shape;
  Edges<T> edges;
  RowKernels<T> value_kernels;
  typename Scores::Shared scores;
  int heads, value_width;

  explicit Problem(const Args& a)
      : args(a),
        shape(a.heads),
        edges(a, shape),
        value_kernels(row_kernels<T>(a.heads, a.value_width)),
        scores(a),
        heads(static_cast<int>(a.heads)),
        value_width(static_cast<int>(a.value_width)) {}

  Side targets() const {
    const bool full = args.first_source != nullptr;
    return {args.rowptr,
            args.col,
            args.perm,
            args.first_source,
            args.num_targets,
            full ? args.num_sources : args.num_edges,
            args.num_sources,
            1};
  }
  Side sources() const {
    const bool full = args.first_target != nullptr;
    return {args.colptr,
            args.row,
            args.csc_perm,
            args.first_target,
            args.num_sources,
            full ? args.num_targets : args.num_edges,
            1,
            args.num_sources};
  }
  int64_t operations() const {
    return args.num_edges * args.heads *
           (args.score_width + args.value_width + args.edge_width + 8);
  }
};

template <class T, class Scores>
class ForwardWorker {
 public:
  using A = Acc<T>;

  ForwardWorker(const Problem<T, Scores>& problem, Arena& arena)
      : problem_(problem), scores_(problem, arena) {
    const Shape<A>& shape = problem.shape;
    const int64_t flat = kBlockEdges * shape.padded + 2 * kLanes<A>;
    score_ = arena.take<A>(flat);
    keep_ = problem.edges.dropping() ? arena.take<A>(flat) : nullptr;
    old_top_ = arena.take<A>(shape.period);
    rescale_ = arena.take<A>(shape.period);
    sum_size_ = problem.heads * problem.value_width;
    state_size = 2 * shape.period + (sum_size_ + kLanes<A>) +
                 problem.edges.width() * shape.period;
    state = arena.take<A>(state_size + kLanes<A>);
    if (arena.counting()) return;
    top_ = state;
    total_ = top_ + shape.period;
    edge_sum_ = total_ + shape.period;
    sum_ = edge_sum_ + problem.edges.width() * shape.period;
  }

  void begin_row(int64_t row) {
    scores_.begin_target(row);
    clear(state, state_size);
    for (int i = 0; i < problem_.shape.period; ++i) top_[i] = -A(__builtin_inf());
    empty_ = true;
  }

  void block(const Block& block) {
    const Problem<T, Scores>& p = problem_;
    const FlatScores<A> flat(p.shape, block.count);
    scores_.target_scores(block, score_);
    scores_.feature_scores(block, score_);
    p.edges.constrain(block, score_);
    flat.close(score_, block.count, -A(__builtin_inf()));
    if (!empty_) std::memcpy(old_top_, top_, p.shape.period * sizeof(A));
    flat.raise(score_, top_);
    if (!empty_) rescale_to_top(old_top_);
    empty_ = false;
    flat.exponentiate(score_, top_, total_);
    if (p.edges.dropping()) {
      p.edges.keep_factors(block, keep_);
      flat.multiply(score_, keep_);
    }
    p.value_kernels.axpy(block.rows_of<T>(p.args.value, p.args.value_stride), score_, sum_,
                         p.heads, p.value_width, p.shape.padded);
    if (p.edges.width() > 0) p.edges.axpy(block, score_, edge_sum_);
  }

  void end_segment() { fold_sums(problem_.shape, total_); }

  void merge(const A* other) {
    const Shape<A>& shape = problem_.shape;
    std::memcpy(old_top_, top_, shape.period * sizeof(A));
    for (int i = 0; i < shape.period; ++i) {
      top_[i] = top_[i] > other[i] || top_[i] != top_[i] ? top_[i] : other[i];
    }
    rescale_to_top(old_top_);
    find_rescale(other);
    const A* total = other + shape.period;
    const A* edge_sum = total + shape.period;
    const A* sum = edge_sum + problem_.edges.width() * shape.period;
    for (int i = 0; i < shape.period; ++i) total_[i] += rescale_[i] * total[i];
    for (int f = 0; f < problem_.edges.width() * shape.period; ++f) {
      edge_sum_[f] += rescale_[f % shape.period] * edge_sum[f];
    }
    for (int h = 0; h < problem_.heads; ++h) {
      for (int c = 0; c < problem_.value_width; ++c) {
        const int at = h * problem_.value_width + c;
        sum_[at] += rescale_[h] * sum[at];
      }
    }
  }

  void finish_row(int64_t row) {
    const Problem<T, Scores>& p = problem_;
    A* logsumexp = static_cast<A*>(p.args.logsumexp) + row * p.heads;
    T* out = static_cast<T*>(p.args.out) + row * sum_size_;
    for (int i = 0; i < p.shape.period; i += kLanes<A>) {
      // A total of 0 is a row that may attend to nothing; a NaN stays one.
      const Vec<A> total = load(total_ + i), top = load(top_ + i);
      const auto nothing = total == A(0);
      store(rescale_ + i, nothing ? splat<A>(0) : A(1) / total);
      store(old_top_ + i, nothing ? splat<A>(-A(__builtin_inf())) : top + log<A>(total));
    }
    for (int h = 0; h < p.heads; ++h) {
      logsumexp[h] = old_top_[h];
      write_row(sum_ + h * p.value_width, p.value_width, rescale_[h],
                out + h * p.value_width);
    }
    if (p.edges.width() == 0) return;
    const int width = p.edges.width();
    T* edge_out = static_cast<T*>(p.args.edge_out) + row * p.heads * width;
    for (int h = 0; h < p.heads; ++h) {
      for (int f = 0; f < width; ++f) {
        narrow(edge_sum_[f * p.shape.period + h] * rescale_[h], edge_out + h * width + f);
      }
    }
  }

  A* state;
  int64_t state_size;
  A* task_sum = nullptr;
  int64_t task_sum_size = 0;

 private:
  // rescale = exp(before - top), per head.
  void find_rescale(const A* before) {
    for (int i = 0; i < problem_.shape.period; i += kLanes<A>) {
      const Vec<A> top = infinity_to_zero<A>(load(top_ + i));
      store(rescale_ + i, exp<A>(load(before + i) - top));
    }
  }

  void rescale_to_top(const A* before) {
    const Shape<A>& shape = problem_.shape;
    find_rescale(before);
    for (int i = 0; i < shape.period; ++i) total_[i] *= rescale_[i];
    for (int f = 0; f < problem_.edges.width() * shape.period; ++f) {
      edge_sum_[f] *= rescale_[f % shape.period];
    }
    for (int h = 0; h < problem_.heads; ++h) {
      for (int c = 0; c < problem_.value_width; ++c) {
        sum_[h * problem_.value_width + c] *= rescale_[h];
      }
    }
  }

  const Problem<T, Scores>& problem_;
  Scores scores_;
  A *score_, *keep_, *old_top_, *rescale_;
  A *top_, *total_, *edge_sum_, *sum_;
  int sum_size_;
  bool empty_ = true;
};

template <class T, template <class> class Scores>
Status forward(const Args& args) {
  using P = Problem<T, Scores<T>>;
  const P problem(args);
  Runner<ForwardWorker<T, Scores<T>>, P> runner(problem, problem.targets());
  return runner.run(args.threads, problem.operations(), nullptr);
}

}  // namespace graphattn::GRAPHATTN_ISA

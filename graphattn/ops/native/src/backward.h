// Backward, recomputing the weights from the logsumexp. One pass over the targets'
// rows for what belongs to targets and edges, one over the sources' rows for what
// belongs to sources; each result is written by the one worker that owns its row.
//
//   p = exp(score - logsumexp),  dp = grad_out . value (+ grad_edge_out . features)
//   delta = grad_out . out (+ grad_edge_out . edge_out) - grad_logsumexp
//   ds = p (dp - delta)
#pragma once

#include "forward.h"

namespace graphattn::GRAPHATTN_ISA {

template <class T, class Scores>
struct BackwardProblem : Problem<T, Scores> {
  using A = Acc<T>;
  using Base = Problem<T, Scores>;
  // Per target: logsumexp [padded], delta [padded]; the source pass reads both at once.
  A* stats;
  // Per edge: what the features add to the score and to dp, so that the source pass
  // need not gather [heads, edge_width] rows. Null without features.
  A* edge_terms;

  BackwardProblem(const Args& args, A* stats_at, A* terms_at)
      : Base(args), stats(stats_at), edge_terms(terms_at) {}

  A* terms_of(int32_t edge) const {
    return edge_terms + static_cast<int64_t>(edge) * 2 * this->heads;
  }
};

// The buffers that both passes have.
template <class A>
struct BackwardBuffers {
  A *score, *dp, *keep;

  BackwardBuffers(const Shape<A>& shape, bool dropping, Arena& arena) {
    const int64_t flat = kBlockEdges * shape.padded + 2 * kLanes<A>;
    score = arena.take<A>(flat);
    dp = arena.take<A>(flat);
    keep = dropping ? arena.take<A>(flat) : nullptr;
  }

  // Bias, mask and dropout; then lanes behind the last edge are made harmless.
  template <class T>
  void weigh(const Edges<T>& edges, const Block& block, const FlatScores<A>& flat) const {
    edges.constrain(block, score);
    flat.close(score, block.count, -A(__builtin_inf()));
    flat.close(dp, block.count, A(0));
    if (keep == nullptr) return;
    edges.keep_factors(block, keep);
    flat.close(keep, block.count, A(0));
  }
};

template <class T, class Scores>
class TargetWorker {
 public:
  using A = Acc<T>;
  using P = BackwardProblem<T, Scores>;

  TargetWorker(const P& problem, Arena& arena)
      : problem_(problem),
        buffers_(problem.shape, problem.edges.dropping(), arena),
        scores_(problem, arena) {
    const Shape<A>& shape = problem.shape;
    const int width = problem.edges.width();
    row_size_ = problem.heads * problem.value_width;
    grad_ = arena.take<A>(row_size_ + kLanes<A>);
    grad_edge_ = arena.take<A>(width * shape.period);
    extra_score_ = arena.take<A>(width ? kBlockEdges * shape.padded + kLanes<A> : 0);
    extra_dp_ = arena.take<A>(width ? kBlockEdges * shape.padded + kLanes<A> : 0);
    logsumexp_ = arena.take<A>(shape.period);
    delta_ = arena.take<A>(shape.period + kLanes<A>);
    d_features_ = arena.take<A>(problem.args.d_edge_attr ? kBlockEdges * width : 0);
    state_size = scores_.target_state_size();
    state = arena.take<A>(state_size + kLanes<A>);
    task_sum_size = scores_.task_sum_size();
    task_sum = arena.take<A>(task_sum_size + kLanes<A>);
  }

  void begin_row(int64_t row) {
    const P& p = problem_;
    scores_.begin_target(row);
    clear(state, state_size);
    read_row(static_cast<const T*>(p.args.grad_out) + row * row_size_, row_size_, A(1),
             grad_);
    if (p.edges.width() > 0) {
      p.edges.transpose(static_cast<const T*>(p.args.grad_edge_out) +
                            row * p.heads * p.edges.width(),
                        A(1), grad_edge_);
    }
    find_stats(row);
  }

  void block(const Block& block) {
    const P& p = problem_;
    const FlatScores<A> flat(p.shape, block.count);
    A *score = buffers_.score, *dp = buffers_.dp;
    scores_.target_scores(block, score);
    p.value_kernels.dots(block.rows_of<T>(p.args.value, p.args.value_stride), grad_, dp,
                         p.heads, p.value_width, p.shape.padded);
    if (p.edges.width() > 0) add_features(block);
    buffers_.weigh(p.edges, block, flat);
    flat.template gradient<true>(score, dp, buffers_.keep, logsumexp_, delta_);
    if (p.args.d_edge_bias != nullptr) {
      p.edges.scatter(block, score, p.shape.padded, p.heads, p.args.d_edge_bias);
    }
    if (d_features_) {
      clear(d_features_, block.count * p.edges.width());
      p.edges.feature_gradient(block, dp, grad_edge_, d_features_);
    }
    scores_.target_gradient(block, score, state, task_sum,
                            p.args.d_edge_attr ? d_features_ : nullptr);
    if (p.args.d_edge_attr != nullptr) {
      p.edges.scatter(block, d_features_, p.edges.width(), p.edges.width(),
                      p.args.d_edge_attr);
    }
  }

  void end_segment() {}
  void merge(const A* other) {
    for (int64_t i = 0; i < state_size; ++i) state[i] += other[i];
  }
  void finish_row(int64_t row) {
    const int padded = problem_.shape.padded;
    A* stats = problem_.stats + row * 2 * padded;
    std::memcpy(stats, logsumexp_, padded * sizeof(A));
    std::memcpy(stats + padded, delta_, padded * sizeof(A));
    scores_.finish_target(row, state);
  }

  A* state;
  int64_t state_size;
  A* task_sum;
  int64_t task_sum_size;

 private:
  void find_stats(int64_t row) {
    const P& p = problem_;
    const int width = p.value_width, features = p.edges.width();
    const A* logsumexp = static_cast<const A*>(p.args.logsumexp) + row * p.heads;
    const A* grad_logsumexp =
        static_cast<const A*>(p.args.grad_logsumexp) + row * p.heads;
    const T* out = static_cast<const T*>(p.args.out) + row * row_size_;
    const T* edge_out = static_cast<const T*>(p.args.edge_out);
    clear(logsumexp_, p.shape.period);
    // delta is a dot product of rows, as a score is.
    const int32_t index = 0;
    const Gather<T> own = {out, 0, &index, 1, 1};
    p.value_kernels.dots(own, grad_, delta_, p.heads, width, p.shape.padded);
    for (int h = 0; h < p.heads; ++h) {
      // A row that may attend to nothing has weights exp(x - inf) = 0.
      const bool nothing = logsumexp[h] == -A(__builtin_inf());
      logsumexp_[h] = nothing ? A(__builtin_inf()) : logsumexp[h];
      for (int f = 0; f < features; ++f) {
        delta_[h] += grad_edge_[f * p.shape.period + h] *
                     widen(edge_out[(row * p.heads + h) * features + f]);
      }
      delta_[h] -= grad_logsumexp[h];
    }
    repeat_heads(p.shape, logsumexp_);
    repeat_heads(p.shape, delta_);
  }

  // Adds what the features add to score and dp, and keeps it for the source pass.
  void add_features(const Block& block) {
    const P& p = problem_;
    const int flat = block.count * p.shape.padded, heads = p.heads;
    A* extra[2] = {extra_score_, extra_dp_};
    clear(extra[0], flat);
    clear(extra[1], flat);
    scores_.feature_scores(block, extra[0]);
    p.edges.dots(block, grad_edge_, extra[1]);
    for (int e = 0; e < block.count; ++e) {
      A* terms = p.terms_of(block.edge[e]);
      for (int h = 0; h < heads; ++h) terms[h] = extra[0][e * p.shape.padded + h];
      for (int h = 0; h < heads; ++h) terms[heads + h] = extra[1][e * p.shape.padded + h];
    }
    for (int i = 0; i < flat; ++i) buffers_.score[i] += extra[0][i];
    for (int i = 0; i < flat; ++i) buffers_.dp[i] += extra[1][i];
  }

  const P& problem_;
  BackwardBuffers<A> buffers_;
  Scores scores_;
  A *grad_, *grad_edge_, *extra_score_, *extra_dp_, *logsumexp_, *delta_, *d_features_;
  int row_size_;
};

}  // namespace graphattn::GRAPHATTN_ISA

// score = leaky_relu(alpha_target_i + alpha_source_j + edge_score_ij).
#pragma once

#include "sources.h"

namespace graphattn::GRAPHATTN_ISA {

template <class T>
class GatScores {
 public:
  using A = Acc<T>;

  struct Shared {
    explicit Shared(const Args&) {}
  };

  template <class Problem>
  GatScores(const Problem& problem, Arena& arena)
      : args_(problem.args), shape_(problem.shape), edges_(problem.edges) {
    alpha_ = arena.take<A>(shape_.period);
    logit_ = arena.take<A>(kBlockEdges * shape_.padded + 2 * kLanes<A>);
  }

  void begin_target(int64_t row) { begin(args_.query, args_.query_stride, row); }
  void target_scores(const Block& block, A* score) {
    scores(block, block.rows_of<T>(args_.key, args_.key_stride), score);
  }
  void feature_scores(const Block&, A*) const {}

  int64_t target_state_size() const { return shape_.period; }
  int64_t task_sum_size() const { return 0; }
  static int64_t task_sum_size(const Args&) { return 0; }
  static void write_task_sums(const Args&, const A*) {}

  void target_gradient(const Block& block, A* ds, A* state, A*, A*) const {
    gradient(block, ds, state);
    if (args_.d_edge_score == nullptr) return;
    edges_.scatter(block, ds, shape_.padded, shape_.heads, args_.d_edge_score);
  }
  void finish_target(int64_t row, A* state) const { finish(args_.d_query, row, state); }

  void begin_source(int64_t row) { begin(args_.key, args_.key_stride, row); }
  void source_scores(const Block& block, A* score) {
    scores(block, block.rows_of<T>(args_.query, args_.query_stride), score);
  }
  int64_t source_state_size() const { return shape_.period; }
  void source_gradient(const Block& block, A* ds, A* state) const {
    gradient(block, ds, state);
  }
  void finish_source(int64_t row, A* state) const { finish(args_.d_key, row, state); }

 private:
  void begin(const void* alpha, int64_t stride, int64_t row) {
    clear(alpha_, shape_.period);
    read_heads(static_cast<const T*>(alpha) + row * stride, alpha_);
    repeat_heads(shape_, alpha_);
  }

  // Copies of a size the compiler knows become single moves.
  template <int kHeads>
  static GRAPHATTN_INLINE void read_known(const T* from, A* to) {
    for (int h = 0; h < kHeads; ++h) to[h] = widen(from[h]);
  }
  GRAPHATTN_INLINE void read_heads(const T* from, A* to) const {
    switch (shape_.heads) {
      case 1: return read_known<1>(from, to);
      case 2: return read_known<2>(from, to);
      case 4: return read_known<4>(from, to);
      case 8: return read_known<8>(from, to);
      default:
        for (int h = 0; h < shape_.heads; ++h) to[h] = widen(from[h]);
        for (int h = shape_.heads; h < shape_.padded; ++h) to[h] = 0;
    }
  }

  void scores(const Block& block, const Gather<T>& others, A* score) {
    for (int e = 0; e < block.count; ++e) {
      others.template prefetch<kPrefetchFarAhead>(e, shape_.heads);
      read_heads(others.row(e), logit_ + e * shape_.padded);
    }
    if (args_.edge_score != nullptr) {
      const T* edge_score = static_cast<const T*>(args_.edge_score);
      for (int e = 0; e < block.count; ++e) {
        const T* from = edge_score + static_cast<int64_t>(block.edge[e]) * shape_.heads;
        for (int h = 0; h < shape_.heads; ++h) {
          logit_[e * shape_.padded + h] += widen(from[h]);
        }
      }
    }
    const FlatScores<A> flat(shape_, block.count);
    const A slope = static_cast<A>(args_.negative_slope);
    for (int phase = 0; phase < flat.phases; ++phase) {
      const Vec<A> own = load(alpha_ + phase * kLanes<A>);
      for (int v = phase; v < flat.vectors; v += flat.phases) {
        const int at = v * kLanes<A>;
        const Vec<A> logit = load(logit_ + at) + own;
        store(logit_ + at, logit);
        store(score + at, logit > A(0) ? logit : logit * slope);
      }
    }
  }

  // ds of the score becomes ds of the logit; its sum over edges goes to `state`.
  void gradient(const Block& block, A* ds, A* state) const {
    const FlatScores<A> flat(shape_, block.count);
    const A slope = static_cast<A>(args_.negative_slope);
    for (int v = 0; v < flat.vectors; ++v) {
      const int at = v * kLanes<A>;
      const Vec<A> grad = load(ds + at);
      store(ds + at, load(logit_ + at) > A(0) ? grad : grad * slope);
    }
    flat.add_up(ds, state);
  }

  void finish(void* to, int64_t row, A* state) const {
    fold_sums(shape_, state);
    T* out = static_cast<T*>(to) + row * shape_.heads;
    for (int h = 0; h < shape_.heads; ++h) narrow(state[h], out + h);
  }

  const Args& args_;
  const Shape<A>& shape_;
  const Edges<T>& edges_;
  A *alpha_, *logit_;
};

}  // namespace graphattn::GRAPHATTN_ISA

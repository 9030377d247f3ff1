// The second half of backward: key's and value's gradients, by sources.
#pragma once

#include "backward.h"
#include "memory.h"

namespace graphattn::GRAPHATTN_ISA {

template <class T, class Scores>
class SourceWorker {
 public:
  using A = Acc<T>;
  using P = BackwardProblem<T, Scores>;

  SourceWorker(const P& problem, Arena& arena)
      : problem_(problem),
        buffers_(problem.shape, problem.edges.dropping(), arena),
        scores_(problem, arena) {
    const int64_t flat = kBlockEdges * problem.shape.padded + 2 * kLanes<A>;
    row_size_ = problem.heads * problem.value_width;
    value_ = arena.take<A>(row_size_ + kLanes<A>);
    logsumexp_ = arena.take<A>(flat);
    delta_ = arena.take<A>(flat);
    state_size = row_size_ + kLanes<A> + scores_.source_state_size();
    state = arena.take<A>(state_size + kLanes<A>);
  }

  void begin_row(int64_t row) {
    const Args& args = problem_.args;
    scores_.begin_source(row);
    clear(state, state_size);
    read_row(static_cast<const T*>(args.value) + row * args.value_stride, row_size_, A(1),
             value_);
  }

  void block(const Block& block) {
    const P& p = problem_;
    const FlatScores<A> flat(p.shape, block.count);
    const Gather<T> grads = block.rows_of<T>(p.args.grad_out, row_size_);
    A *score = buffers_.score, *dp = buffers_.dp;
    prefetch_stats(block);
    scores_.source_scores(block, score);
    p.value_kernels.dots(grads, value_, dp, p.heads, p.value_width, p.shape.padded);
    if (p.edges.width() > 0) add_terms(block);
    buffers_.weigh(p.edges, block, flat);
    gather_stats(block, flat);
    flat.template gradient<false>(score, dp, buffers_.keep, logsumexp_, delta_);
    p.value_kernels.axpy(grads, dp, state, p.heads, p.value_width, p.shape.padded);
    scores_.source_gradient(block, score, state + row_size_ + kLanes<A>);
  }

  void end_segment() {}
  void merge(const A* other) {
    for (int64_t i = 0; i < state_size; ++i) state[i] += other[i];
  }
  void finish_row(int64_t row) {
    write_row(state, row_size_, A(1),
              static_cast<T*>(problem_.args.d_value) + row * row_size_);
    scores_.finish_source(row, state + row_size_ + kLanes<A>);
  }

  A* state;
  int64_t state_size;
  A* task_sum = nullptr;
  int64_t task_sum_size = 0;

 private:
  void add_terms(const Block& block) {
    const P& p = problem_;
    for (int e = 0; e < block.count; ++e) {
      const A* terms = p.terms_of(block.edge[e]);
      if (e + kPrefetchAhead < block.ahead) {
        __builtin_prefetch(p.terms_of(block.edge[e + kPrefetchAhead]));
      }
      const int at = e * p.shape.padded;
      for (int h = 0; h < p.heads; ++h) buffers_.score[at + h] += terms[h];
      for (int h = 0; h < p.heads; ++h) buffers_.dp[at + h] += terms[p.heads + h];
    }
  }

  // Long before they are needed: scores are computed in between.
  void prefetch_stats(const Block& block) const {
    for (int e = 0; e < block.count && e + kPrefetchFarAhead < block.ahead; ++e) {
      __builtin_prefetch(stats_of(block.node[e + kPrefetchFarAhead]));
    }
  }
  const A* stats_of(int64_t target) const {
    return problem_.stats + target * 2 * problem_.shape.padded;
  }

  // A copy whose size the compiler knows is one move, and moves that do not overlap
  // can be read back at once.
  static GRAPHATTN_INLINE void copy_heads(const A* from, int padded, A* to) {
    switch (padded) {
      case 1: std::memcpy(to, from, sizeof(A)); break;
      case 2: std::memcpy(to, from, 2 * sizeof(A)); break;
      case 4: std::memcpy(to, from, 4 * sizeof(A)); break;
      case 8: std::memcpy(to, from, 8 * sizeof(A)); break;
      default: std::memcpy(to, from, static_cast<size_t>(padded) * sizeof(A));
    }
  }

  void gather_stats(const Block& block, const FlatScores<A>& flat) {
    const int padded = problem_.shape.padded;
    for (int e = 0; e < block.count; ++e) {
      const A* stats = stats_of(block.node[e]);
      copy_heads(stats, padded, logsumexp_ + e * padded);
      copy_heads(stats + padded, padded, delta_ + e * padded);
    }
    flat.close(logsumexp_, block.count, A(0));
    flat.close(delta_, block.count, A(0));
  }

  const P& problem_;
  BackwardBuffers<A> buffers_;
  Scores scores_;
  A *value_, *logsumexp_, *delta_;
  int row_size_;
};

template <class T, template <class> class Scores>
Status backward(const Args& args) {
  using A = Acc<T>;
  using P = BackwardProblem<T, Scores<T>>;
  const int64_t padded = Shape<A>(args.heads).padded;
  const int64_t stats_size = args.num_targets * 2 * padded + kLanes<A>;
  const int64_t terms_size =
      args.edge_width > 0 ? args.num_edges * 2 * args.heads : 0;
  const int64_t sum_size = Scores<T>::task_sum_size(args);
  const int64_t bytes = (stats_size + terms_size + sum_size + 1) * sizeof(A);
  const AlignedMemory kept(bytes);
  if (kept.start() == nullptr) return kNoMemory;
  A* memory = reinterpret_cast<A*>(kept.start());
  advise_huge_pages(memory, bytes);
  A* sums = memory + stats_size + terms_size;

  const P problem(args, memory, memory + stats_size);
  Runner<TargetWorker<T, Scores<T>>, P> targets(problem, problem.targets());
  Status status = targets.run(args.threads, problem.operations(), sums);
  if (status == kDone) {
    Scores<T>::write_task_sums(args, sums);
    Runner<SourceWorker<T, Scores<T>>, P> sources(problem, problem.sources());
    status = sources.run(args.threads, problem.operations(), nullptr);
  }
  return status;
}

}  // namespace graphattn::GRAPHATTN_ISA

// A block of one row's edges, and the arithmetic on its flat scores [edge, padded
// heads]. Every buffer has a vector of slack behind its last score.
#pragma once

#include <cstdlib>

#include "exp.h"
#include "rows.h"

namespace graphattn::GRAPHATTN_ISA {

// Edges whose scores are held at once. Backward reads a block's rows twice, so they
// should still be in the second-level cache.
constexpr int kBlockEdges = 64;

struct Block {
  const int32_t* node;  // the row's neighbour at each slot
  const int32_t* edge;  // the edge's id at each slot; null in full attention
  int count;
  int64_t ahead;  // entries of `node` that exist from here on, for prefetching
  // In full attention an edge is a pair: its number is base + step * neighbour.
  int64_t pair_base, pair_step;

  GRAPHATTN_INLINE uint64_t number(int e) const {
    return static_cast<uint64_t>(edge ? edge[e] : pair_base + pair_step * node[e]);
  }

  template <class T>
  Gather<T> rows_of(const void* base, int64_t stride) const {
    return {static_cast<const T*>(base), stride, node, count, ahead};
  }
};

// One allocation that begins at a cache line, so that records of a line's size lie in one.
class AlignedMemory {
 public:
  explicit AlignedMemory(int64_t bytes)
      : memory_(static_cast<char*>(std::malloc(static_cast<size_t>(bytes) + 64))) {}
  ~AlignedMemory() { std::free(memory_); }
  AlignedMemory(const AlignedMemory&) = delete;
  AlignedMemory& operator=(const AlignedMemory&) = delete;

  char* start() const {
    const uintptr_t address = reinterpret_cast<uintptr_t>(memory_);
    return memory_ == nullptr ? nullptr : memory_ + (64 - address % 64) % 64;
  }

 private:
  char* memory_;
};

// Hands out pieces of one allocation, each aligned to a cache line. Without memory it
// only counts, so that a first run of the same code finds the size.
class Arena {
 public:
  explicit Arena(char* memory) : memory_(memory) {}
  template <class A>
  A* take(int64_t count) {
    char* piece = memory_ == nullptr ? nullptr : memory_ + used_;
    used_ += (count * static_cast<int64_t>(sizeof(A)) + 63) / 64 * 64;
    return reinterpret_cast<A*>(piece);
  }
  int64_t used() const { return used_; }
  bool counting() const { return memory_ == nullptr; }

 private:
  char* memory_;
  int64_t used_ = 0;
};

template <class A>
GRAPHATTN_INLINE void clear(A* to, int64_t count) {
  // Inline: a call would take longer than the few vectors of a usual row.
  int64_t i = 0;
  for (; i + kLanes<A> <= count; i += kLanes<A>) store(to + i, Vec<A>{});
  for (; i < count; ++i) to[i] = 0;
}

// to = factor * from, widened.
template <class T>
GRAPHATTN_INLINE void read_row(const T* from, int64_t count, Acc<T> factor, Acc<T>* to) {
  int64_t i = 0;
  for (; i + kLanes<Acc<T>> <= count; i += kLanes<Acc<T>>) {
    store(to + i, load(from + i) * factor);
  }
  if (i < count) store(to + i, load_part(from + i, static_cast<int>(count - i)) * factor);
}

// to = factor * from, rounded to the storage type.
template <class T>
GRAPHATTN_INLINE void write_row(const Acc<T>* from, int64_t count, Acc<T> factor, T* to) {
  int64_t i = 0;
  for (; i + kLanes<Acc<T>> <= count; i += kLanes<Acc<T>>) {
    store(to + i, load(from + i) * factor);
  }
  if (i < count) {
    store_part(to + i, load_part(from + i, static_cast<int>(count - i)) * factor,
               static_cast<int>(count - i));
  }
}

template <class A>
GRAPHATTN_INLINE Vec<A> infinity_to_zero(Vec<A> x) {
  return x == splat<A>(-A(__builtin_inf())) ? splat<A>(0) : x;
}

// Combines lanes that belong to the same head, where a vector holds several edges.
template <class A, class Combine>
GRAPHATTN_INLINE Vec<A> fold_edges(Vec<A> x, int padded, const Combine& combine) {
  if constexpr (kLanes<A> > 8) {
    if (padded <= 8) x = combine(x, swap_lanes<A, 8>(x));
  }
  if constexpr (kLanes<A> > 4) {
    if (padded <= 4) x = combine(x, swap_lanes<A, 4>(x));
  }
  if constexpr (kLanes<A> > 2) {
    if (padded <= 2) x = combine(x, swap_lanes<A, 2>(x));
  }
  if (padded <= 1) x = combine(x, swap_lanes<A, 1>(x));
  return x;
}

// Flat scores are walked as [vector][period]: vector v holds the heads of phase
// v % (period / lanes).
template <class A>
struct FlatScores {
  Shape<A> shape;
  int vectors, phases;

  FlatScores(const Shape<A>& of, int edges)
      : shape(of),
        vectors((edges * of.padded + kLanes<A> - 1) / kLanes<A>),
        phases(of.period / kLanes<A>) {}

  // Fills the lanes behind the last edge: with -inf, a score takes no part.
  void close(A* score, int edges, A with) const {
    const int used = edges * shape.padded, end = vectors * kLanes<A>;
    for (int i = used; i < end; ++i) score[i] = with;
  }

  // top = max(top, the block's scores), [period].
  void raise(const A* score, A* top) const {
    for (int phase = 0; phase < phases; ++phase) {
      Vec<A> best = load(top + phase * kLanes<A>);
      for (int v = phase; v < vectors; v += phases) {
        best = maximum<A>(best, load(score + v * kLanes<A>));
      }
      best = fold_edges<A>(best, shape.padded,
                           [](Vec<A> a, Vec<A> b) { return maximum<A>(a, b); });
      store(top + phase * kLanes<A>, best);
    }
  }

  // score = exp(score - top), and adds it to total, [period]; total's lanes of one
  // head are folded at the end of the row.
  void exponentiate(A* score, const A* top, A* total) const {
    for (int phase = 0; phase < phases; ++phase) {
      const Vec<A> shift = infinity_to_zero<A>(load(top + phase * kLanes<A>));
      Vec<A> sum = load(total + phase * kLanes<A>);
      for (int v = phase; v < vectors; v += phases) {
        const Vec<A> weight = exp<A>(load(score + v * kLanes<A>) - shift);
        store(score + v * kLanes<A>, weight);
        sum += weight;
      }
      store(total + phase * kLanes<A>, sum);
    }
  }

  void multiply(A* score, const A* factor) const {
    for (int v = 0; v < vectors; ++v) {
      A* at = score + v * kLanes<A>;
      store(at, load(at) * load(factor + v * kLanes<A>));
    }
  }

  // From score and dp = d loss / d weight to score = d loss / d score and
  // dp = weight after dropout. `logsumexp` and `delta` are [period] if kPeriodic
  // (all edges share the target), else [edge, padded].
  template <bool kPeriodic>
  void gradient(A* score, A* dp, const A* keep, const A* logsumexp,
                const A* delta) const {
    for (int phase = 0; phase < phases; ++phase) {
      for (int v = phase; v < vectors; v += phases) {
        const int at = v * kLanes<A>, stat = kPeriodic ? phase * kLanes<A> : at;
        const Vec<A> weight = exp<A>(load(score + at) - load(logsumexp + stat));
        Vec<A> grad = load(dp + at), kept = weight;
        if (keep != nullptr) {
          grad *= load(keep + at);
          kept *= load(keep + at);
        }
        store(score + at, weight * (grad - load(delta + stat)));
        store(dp + at, kept);
      }
    }
  }

  // sum += the block's values, [period], not yet folded.
  void add_up(const A* values, A* sum) const {
    for (int phase = 0; phase < phases; ++phase) {
      Vec<A> total = load(sum + phase * kLanes<A>);
      for (int v = phase; v < vectors; v += phases) total += load(values + v * kLanes<A>);
      store(sum + phase * kLanes<A>, total);
    }
  }
};

template <class A>
GRAPHATTN_INLINE void fold_sums(const Shape<A>& shape, A* sum) {
  for (int i = 0; i < shape.period; i += kLanes<A>) {
    store(sum + i, fold_edges<A>(load(sum + i), shape.padded,
                                 [](Vec<A> a, Vec<A> b) { return a + b; }));
  }
}

// Repeats `heads` values over a period: to[i] = from[i % padded].
template <class A>
GRAPHATTN_INLINE void repeat_heads(const Shape<A>& shape, A* values) {
  for (int i = shape.padded; i < shape.period; ++i) values[i] = values[i - shape.padded];
}

}  // namespace graphattn::GRAPHATTN_ISA

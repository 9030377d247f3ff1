// The two things every pass does with gathered rows of [heads, width]:
//   dots: score[edge, head] = x[head] . row[edge, head]
//   axpy: sum[head] += weight[edge, head] * row[edge, head]
// Scores and weights are flat, [edge, padded heads]; see Shape.
#pragma once

#include "vec.h"

namespace graphattn::GRAPHATTN_ISA {

// How many edges ahead rows are prefetched: far enough to hide the latency of memory,
// near enough that the line is still in the first-level cache when its turn comes.
constexpr int kPrefetchAhead = 8;
// The same for records of one line, whose loops take a few cycles an edge.
constexpr int kPrefetchFarAhead = 32;

// Rows of a node tensor picked by index. `ahead` counts the indices that exist from
// `index` on; those after `count` belong to later blocks and are only prefetched.
template <class T>
struct Gather {
  const T* base;
  int64_t stride;
  const int32_t* index;
  int count;
  int64_t ahead;

  GRAPHATTN_INLINE const T* row(int edge) const {
    return base + static_cast<int64_t>(index[edge]) * stride;
  }
  template <int kAhead = kPrefetchAhead>
  GRAPHATTN_INLINE void prefetch(int edge, int width) const {
    const int64_t later = static_cast<int64_t>(edge) + kAhead;
    if (later >= ahead) return;
    const char* start = reinterpret_cast<const char*>(
        base + static_cast<int64_t>(index[later]) * stride);
    const int64_t bytes = static_cast<int64_t>(width) * sizeof(T);
    for (int64_t byte = 0; byte < bytes; byte += 64) __builtin_prefetch(start + byte);
  }
};

// Heads padded so that a vector of scores never straddles: to a power of two below a
// vector's lanes, to a multiple of the lanes above. `period` is what a vector of
// per-head values repeats with, or its length.
template <class A>
struct Shape {
  int heads, padded, period;

  explicit Shape(int64_t count) : heads(static_cast<int>(count)), padded(1) {
    if (heads <= kLanes<A>) {
      while (padded < heads) padded *= 2;
    } else {
      padded = (heads + kLanes<A> - 1) / kLanes<A> * kLanes<A>;
    }
    period = padded < kLanes<A> ? kLanes<A> : padded;
  }
};

template <class T>
struct RowKernels {
  using A = Acc<T>;
  // x: [heads, width] flat, one vector of slack. score: slack of one vector.
  void (*dots)(const Gather<T>&, const A* x, A* score, int heads, int width, int padded);
  void (*axpy)(const Gather<T>&, const A* weight, A* sum, int heads, int width,
               int padded);
};

// Any number of heads, any width.
template <class T>
struct AnyRows {
  using A = Acc<T>;

  static void dots(const Gather<T>& rows, const A* x, A* score, int heads, int width,
                   int padded) {
    const int whole = width / kLanes<A> * kLanes<A>, tail = width - whole;
    for (int edge = 0; edge < rows.count; ++edge) {
      rows.prefetch(edge, heads * width);
      const T* row = rows.row(edge);
      for (int head = 0; head < heads; ++head) {
        const A* left = x + head * width;
        const T* right = row + head * width;
        Vec<A> sum = {};
        for (int c = 0; c < whole; c += kLanes<A>) sum += load(left + c) * load(right + c);
        if (tail) sum += load_part(left + whole, tail) * load_part(right + whole, tail);
        score[edge * padded + head] = sum_lanes<A>(sum);
      }
      for (int head = heads; head < padded; ++head) score[edge * padded + head] = 0;
    }
  }

  static void axpy(const Gather<T>& rows, const A* weight, A* sum, int heads, int width,
                   int padded) {
    const int whole = width / kLanes<A> * kLanes<A>, tail = width - whole;
    for (int edge = 0; edge < rows.count; ++edge) {
      rows.prefetch(edge, heads * width);
      const T* row = rows.row(edge);
      for (int head = 0; head < heads; ++head) {
        const Vec<A> w = splat<A>(weight[edge * padded + head]);
        A* to = sum + head * width;
        const T* from = row + head * width;
        for (int c = 0; c < whole; c += kLanes<A>) {
          store(to + c, load(to + c) + w * load(from + c));
        }
        if (tail) {
          const Vec<A> old = load_part(to + whole, tail);
          store_part(to + whole, old + w * load_part(from + whole, tail), tail);
        }
      }
    }
  }
};

}  // namespace graphattn::GRAPHATTN_ISA

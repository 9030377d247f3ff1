// The additive score's two row operations, on logits t = x + row (+ features W):
//   scores:   score[edge, head] = sum over channels of weight * act(t)
//   gradient: d_row += ds * act'(t);  d_weight += ds * act(t)
#pragma once

#include "exp.h"
#include "select.h"

namespace graphattn::GRAPHATTN_ISA {

struct LeakyRelu {
  template <class A>
  static GRAPHATTN_INLINE Vec<A> value(Vec<A> t, A slope) {
    return t > A(0) ? t : t * slope;
  }
  // The derivative, given t and the activation's value there.
  template <class A>
  static GRAPHATTN_INLINE Vec<A> slope(Vec<A> t, Vec<A>, A slope) {
    return t > A(0) ? splat<A>(1) : splat<A>(slope);
  }
};

struct Tanh {
  template <class A>
  static GRAPHATTN_INLINE Vec<A> value(Vec<A> t, A) {
    return tanh<A>(t);
  }
  template <class A>
  static GRAPHATTN_INLINE Vec<A> slope(Vec<A>, Vec<A> value, A) {
    return A(1) - value * value;
  }
};

template <class T>
struct AdditiveKernels {
  using A = Acc<T>;
  void (*scores)(const Gather<T>&, const A* x, const A* weight, A slope, A* score);
  // d_weight may be null.
  void (*gradient)(const Gather<T>&, const A* x, const A* ds, A slope, A* d_row,
                   A* d_weight);
};

template <class T, class Act, int kHeads, int kWidth>
struct TiledAdditive {
  using A = Acc<T>;
  using Rows = Tiled<T, kHeads, kWidth>;
  static constexpr int kVecs = Rows::kVecs;

  static void scores(const Gather<T>& rows, const A* x, const A* weight, A slope,
                     A* score) {
    Vec<A> left[kVecs], factor[kVecs];
    for (int v = 0; v < kVecs; ++v) left[v] = load(x + v * kLanes<A>);
    for (int v = 0; v < kVecs; ++v) factor[v] = load(weight + v * kLanes<A>);
    Rows::all_edges(
        rows.count,
        [&](int edge) GRAPHATTN_LAMBDA_INLINE { rows.prefetch(edge, kHeads * kWidth); },
        [&](int edge, int vec) GRAPHATTN_LAMBDA_INLINE {
          const Vec<A> t = left[vec] + load(rows.row(edge) + vec * kLanes<A>);
          return factor[vec] * Act::template value<A>(t, slope);
        },
        score);
  }

  template <bool kWeight, int kFirst, int... kVec>
  static GRAPHATTN_INLINE void gradient_part(const Gather<T>& rows, const A* x,
                                             const A* ds, A slope, A* d_row, A* d_weight,
                                             std::integer_sequence<int, kVec...>) {
    constexpr int lanes = kLanes<A>;
    const Vec<A> left[] = {load(x + (kFirst + kVec) * lanes)...};
    Vec<A> row_sum[] = {load(d_row + (kFirst + kVec) * lanes)...};
    Vec<A> weight_sum[sizeof...(kVec)] = {};
    const auto add = [&](const T* row, const Vec<A>& grad, int i) GRAPHATTN_LAMBDA_INLINE {
      const Vec<A> t = left[i] + load(row + (kFirst + i) * lanes);
      const Vec<A> value = Act::template value<A>(t, slope);
      row_sum[i] += grad * Act::template slope<A>(t, value, slope);
      if (kWeight) weight_sum[i] += grad * value;
    };
    for (int edge = 0; edge < rows.count; ++edge) {
      const T* row = rows.row(edge);
      (add(row, Rows::template spread<kFirst + kVec>(ds + edge * kHeads), kVec), ...);
    }
    (store(d_row + (kFirst + kVec) * lanes, row_sum[kVec]), ...);
    if (!kWeight) return;
    ((store(d_weight + (kFirst + kVec) * lanes,
            load(d_weight + (kFirst + kVec) * lanes) + weight_sum[kVec])),
     ...);
  }

  // Three registers for each vector of the row.
  static constexpr int kPartVecs = kVectorBytes == 64 ? 8 : 4;

  template <bool kWeight, int kFirst>
  static GRAPHATTN_INLINE void gradient_from(const Gather<T>& rows, const A* x,
                                             const A* ds, A slope, A* d_row,
                                             A* d_weight) {
    if constexpr (kFirst < kVecs) {
      constexpr int count = kVecs - kFirst < kPartVecs ? kVecs - kFirst : kPartVecs;
      gradient_part<kWeight, kFirst>(rows, x, ds, slope, d_row, d_weight,
                                     std::make_integer_sequence<int, count>{});
      gradient_from<kWeight, kFirst + count>(rows, x, ds, slope, d_row, d_weight);
    }
  }

  static void gradient(const Gather<T>& rows, const A* x, const A* ds, A slope, A* d_row,
                       A* d_weight) {
    if (d_weight != nullptr) {
      gradient_from<true, 0>(rows, x, ds, slope, d_row, d_weight);
    } else {
      gradient_from<false, 0>(rows, x, ds, slope, d_row, d_weight);
    }
  }
};

// Code of its own for a shape, or null pointers.
template <class T, class Act>
AdditiveKernels<T> additive_kernels(int64_t heads, int64_t width) {
  AdditiveKernels<T> found = {nullptr, nullptr};
  visit_fast_shape<T>(heads, width, [&](auto shape) {
    using Rows = TiledAdditive<T, Act, decltype(shape)::heads, decltype(shape)::width>;
    found = {Rows::scores, Rows::gradient};
  });
  return found;
}

}  // namespace graphattn::GRAPHATTN_ISA

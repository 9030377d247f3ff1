// Rows whose heads and width the compiler knows: registers for the whole row, and one
// reduction that sums many heads' products at once.
#pragma once

#include "rows.h"

namespace graphattn::GRAPHATTN_ISA {

// Adds up groups of lanes of kCount vectors at once: product(i) is vector i, and lane j
// of the result holds a part of the sum of vector j % kCount. Depth first, so that only
// log2(kCount) vectors are alive.
template <class A, int kCount, class Product>
GRAPHATTN_INLINE Vec<A> transposing_sum(const Product& product, int first) {
  if constexpr (kCount == 1) {
    return product(first);
  } else {
    return merge_lanes<A, kCount / 2>(
        transposing_sum<A, kCount / 2>(product, first),
        transposing_sum<A, kCount / 2>(product, first + kCount / 2));
  }
}

// Heads and width known to the compiler, filling whole vectors. A vector holds a part
// of one head (width >= lanes), or several whole heads.
template <class T, int kHeads, int kWidth>
struct Tiled {
  using A = Acc<T>;
  static constexpr int kPart = kWidth < kLanes<A> ? kWidth : kLanes<A>;
  static constexpr int kHeadsPerVec = kLanes<A> / kPart;
  static constexpr int kVecsPerHead = kWidth / kPart;
  // One product vector for each head, or for each group of heads that share one.
  static constexpr int kProducts = kHeads / kHeadsPerVec;
  static constexpr int kVecs = kProducts * kVecsPerHead;
  static constexpr bool kFits =
      kWidth % kPart == 0 && (kPart & (kPart - 1)) == 0 && kHeads % kHeadsPerVec == 0 &&
      (kHeads % kLanes<A> == 0 || kLanes<A> % kHeads == 0);

  // Lane f of the flat scores comes from this lane of the transposing sum.
  struct FlatIndex {
    static constexpr int at(int lane) {
      return lane % kHeadsPerVec * kPart + lane / kHeadsPerVec;
    }
  };

  // Sums kCount product vectors to kCount * kHeadsPerVec scores.
  template <int kCount, class Product>
  static GRAPHATTN_INLINE void reduce(const Product& product, int first, A* score) {
    Vec<A> sums = transposing_sum<A, kCount>(product, first);
    if constexpr (kCount <= 1 && kPart > 1) sums += swap_lanes<A, 1>(sums);
    if constexpr (kCount <= 2 && kPart > 2) sums += swap_lanes<A, 2>(sums);
    if constexpr (kCount <= 4 && kPart > 4) sums += swap_lanes<A, 4>(sums);
    if constexpr (kCount <= 8 && kPart > 8) sums += swap_lanes<A, 8>(sums);
    if constexpr (kHeadsPerVec > 1) sums = shuffle<A, FlatIndex>(sums, sums);
    store(score, sums);
  }

  // Scores of kEdges edges by one reduction; `part(edge, vec)` is a product's term.
  template <int kEdges, class Term>
  static GRAPHATTN_INLINE void edges_at(const Term& term, int edge, A* score) {
    const auto product = [&](int i) GRAPHATTN_LAMBDA_INLINE {
      const int at = edge + i / kProducts, vec = i % kProducts * kVecsPerHead;
      Vec<A> sum = term(at, vec);
      for (int v = 1; v < kVecsPerHead; ++v) sum += term(at, vec + v);
      return sum;
    };
    if constexpr (kProducts * kEdges <= kPart) {
      reduce<kProducts * kEdges>(product, 0, score + edge * kHeads);
    } else {
      static_assert(kEdges == 1);
      for (int i = 0; i < kProducts; i += kPart) {
        reduce<kPart>(product, i, score + edge * kHeads + i * kHeadsPerVec);
      }
    }
  }

  static constexpr int kEdgesPerGroup = kProducts < kPart ? kPart / kProducts : 1;

  template <int kEdges, class Term>
  static GRAPHATTN_INLINE void remainder(const Term& term, int edge, int count, A* score) {
    if constexpr (kEdges > 0) {
      if (count & kEdges) {
        edges_at<kEdges>(term, edge, score);
        edge += kEdges;
      }
      remainder<kEdges / 2>(term, edge, count, score);
    }
  }

  // Every edge's scores from its terms; `before(edge)` runs first, to prefetch.
  template <class Before, class Term>
  static GRAPHATTN_INLINE void all_edges(int count, const Before& before,
                                         const Term& term, A* score) {
    int edge = 0;
    for (; edge + kEdgesPerGroup <= count; edge += kEdgesPerGroup) {
      for (int i = 0; i < kEdgesPerGroup; ++i) before(edge + i);
      edges_at<kEdgesPerGroup>(term, edge, score);
    }
    for (int i = edge; i < count; ++i) before(i);
    remainder<kEdgesPerGroup / 2>(term, edge, count - edge, score);
  }

  static void dots(const Gather<T>& rows, const A* x, A* score, int, int, int) {
    Vec<A> left[kVecs];
    for (int v = 0; v < kVecs; ++v) left[v] = load(x + v * kLanes<A>);
    all_edges(
        rows.count,
        [&](int edge) GRAPHATTN_LAMBDA_INLINE { rows.prefetch(edge, kHeads * kWidth); },
        [&](int edge, int vec) GRAPHATTN_LAMBDA_INLINE {
          return left[vec] * load(rows.row(edge) + vec * kLanes<A>);
        },
        score);
  }

  template <int kVec>
  struct SpreadIndex {
    static constexpr int at(int lane) { return kVec * kHeadsPerVec + lane / kPart; }
  };

  // The weights of one edge, as the lanes of its row's vector kVec need them.
  template <int kVec>
  static GRAPHATTN_INLINE Vec<A> spread(const A* weight) {
    if constexpr (kHeadsPerVec == 1) {
      return splat<A>(weight[kVec / kVecsPerHead]);
    } else {
      const Vec<A> heads = load(weight);
      return shuffle<A, SpreadIndex<kVec>>(heads, heads);
    }
  }

  template <int kFirst, int... kVec>
  static GRAPHATTN_INLINE void axpy_part(const Gather<T>& rows, const A* weight, A* sum,
                                         std::integer_sequence<int, kVec...>) {
    Vec<A> total[sizeof...(kVec)] = {load(sum + (kFirst + kVec) * kLanes<A>)...};
    for (int edge = 0; edge < rows.count; ++edge) {
      if (kFirst == 0) rows.prefetch(edge, kHeads * kWidth);
      const T* row = rows.row(edge);
      ((total[kVec] += spread<kFirst + kVec>(weight + edge * kHeads) *
                       load(row + (kFirst + kVec) * kLanes<A>)),
       ...);
    }
    (store(sum + (kFirst + kVec) * kLanes<A>, total[kVec]), ...);
  }

  // As many vectors at a time as the registers hold.
  static constexpr int kPartVecs = kVectorBytes == 64 ? 16 : 8;

  template <int kFirst>
  static GRAPHATTN_INLINE void axpy_from(const Gather<T>& rows, const A* weight, A* sum) {
    if constexpr (kFirst < kVecs) {
      constexpr int count = kVecs - kFirst < kPartVecs ? kVecs - kFirst : kPartVecs;
      axpy_part<kFirst>(rows, weight, sum, std::make_integer_sequence<int, count>{});
      axpy_from<kFirst + count>(rows, weight, sum);
    }
  }

  static void axpy(const Gather<T>& rows, const A* weight, A* sum, int, int, int) {
    axpy_from<0>(rows, weight, sum);
  }
};

// The shapes that get code of their own: heads, width.
template <int kHeads, int kWidth>
struct Fast {
  static constexpr int heads = kHeads, width = kWidth;
};

template <class... Shapes, class Visit>
bool visit_shapes(int64_t heads, int64_t width, const Visit& visit) {
  return ((heads == Shapes::heads && width == Shapes::width && visit(Shapes{})) || ...);
}

// Calls `visit(Fast<heads, width>{})` where that shape has code of its own. Each shape
// costs build time for every type and instruction set, hence fewer for all but float;
// and it must fill whole vectors, not so many that unrolling does harm.
template <class T, class Visit>
void visit_fast_shape(int64_t heads, int64_t width, const Visit& visit) {
  const auto fitting = [&](auto shape) {
    using Rows = Tiled<T, decltype(shape)::heads, decltype(shape)::width>;
    constexpr bool cheap = kConvertsInRegisters<T> && Rows::kVecs <= 32;
    if constexpr (Rows::kFits && cheap) {
      visit(shape);
      return true;
    }
    return false;
  };
  [[maybe_unused]] const bool found =
      visit_shapes<Fast<8, 16>, Fast<4, 16>, Fast<8, 8>, Fast<4, 32>, Fast<1, 64>,
                   Fast<1, 128>>(heads, width, fitting);
#if defined(GRAPHATTN_FEW_SHAPES)
  constexpr bool all = false;  // for builds under a sanitizer, which are slow
#else
  constexpr bool all = std::is_same_v<T, float>;
#endif
  if constexpr (all) {
    if (found) return;
    visit_shapes<Fast<2, 16>, Fast<1, 16>, Fast<4, 8>, Fast<2, 32>, Fast<1, 32>,
                 Fast<8, 32>, Fast<2, 64>, Fast<4, 64>>(heads, width, fitting);
  }
}

}  // namespace graphattn::GRAPHATTN_ISA

// The additive score for any shape, and with features inside the activation. One edge
// at a time: its logits t = x + row + features W go to a buffer of the row's length.
#pragma once

#include "additive_rows.h"
#include "edges.h"

namespace graphattn::GRAPHATTN_ISA {

// Rows of one length; flat ones are padded to `stride`, a whole number of vectors.
template <class T>
struct AdditiveRow {
  using A = Acc<T>;
  int heads, width, padded, size, stride, features;
  A slope;
  const A* x;                    // [size]
  const A* weight;               // [size]
  const A* projection;           // W, [features, stride]
  const A* weighted_projection;  // W times the weight, [features, stride]
  A *logits, *grads;             // buffers, [stride]

  GRAPHATTN_INLINE void find_logits(const T* row, const T* feature) const {
    const int whole = size / kLanes<A> * kLanes<A>;
    for (int i = 0; i < stride; i += kLanes<A>) {
      Vec<A> t = load(x + i);
      t += i < whole ? load(row + i) : load_part(row + i, size - whole);
      for (int f = 0; f < features; ++f) {
        t += load(projection + f * stride + i) * static_cast<A>(widen(feature[f]));
      }
      store(logits + i, t);
    }
  }
};

template <class T>
struct AdditiveGradients {
  using A = Acc<T>;
  A* row;         // [size], not yet multiplied with the weight
  A* weight;      // [size], or null
  A* projection;  // [features, stride], not yet multiplied with the weight; or null
  A* features;    // [edge, features], or null
};

template <class T>
struct AnyAdditiveKernels {
  using A = Acc<T>;
  void (*scores)(const AdditiveRow<T>&, const Gather<T>&, const int32_t* edge,
                 const Edges<T>&, A* score);
  void (*gradient)(const AdditiveRow<T>&, const Gather<T>&, const int32_t* edge,
                   const Edges<T>&, const A* ds, const AdditiveGradients<T>&);
};

template <class T, class Act>
struct AnyAdditive {
  using A = Acc<T>;

  static void scores(const AdditiveRow<T>& at, const Gather<T>& rows, const int32_t* edge,
                     const Edges<T>& edges, A* score) {
    const int whole = at.width / kLanes<A> * kLanes<A>, tail = at.width - whole;
    for (int e = 0; e < rows.count; ++e) {
      rows.prefetch(e, at.size);
      at.find_logits(rows.row(e), at.features ? edges.features(edge[e]) : nullptr);
      for (int i = 0; i < at.stride; i += kLanes<A>) {
        const Vec<A> value = Act::template value<A>(load(at.logits + i), at.slope);
        store(at.logits + i, load(at.weight + i) * value);
      }
      for (int h = 0; h < at.heads; ++h) {
        const A* product = at.logits + h * at.width;
        Vec<A> sum = {};
        for (int c = 0; c < whole; c += kLanes<A>) sum += load(product + c);
        if (tail) sum += load_part(product + whole, tail);
        score[e * at.padded + h] = sum_lanes<A>(sum);
      }
      for (int h = at.heads; h < at.padded; ++h) score[e * at.padded + h] = 0;
    }
  }

  static void gradient(const AdditiveRow<T>& at, const Gather<T>& rows,
                       const int32_t* edge, const Edges<T>& edges, const A* ds,
                       const AdditiveGradients<T>& to) {
    for (int e = 0; e < rows.count; ++e) {
      const T* feature = at.features ? edges.features(edge[e]) : nullptr;
      at.find_logits(rows.row(e), feature);
      spread(at, ds + e * at.padded);
      for (int i = 0; i < at.stride; i += kLanes<A>) {
        const Vec<A> t = load(at.logits + i), grad = load(at.grads + i);
        const Vec<A> value = Act::template value<A>(t, at.slope);
        const Vec<A> inner = grad * Act::template slope<A>(t, value, at.slope);
        store(at.grads + i, inner);
        store(to.row + i, load(to.row + i) + inner);
        if (to.weight) store(to.weight + i, load(to.weight + i) + grad * value);
      }
      for (int f = 0; to.projection && f < at.features; ++f) {
        project(at, static_cast<A>(widen(feature[f])), to.projection + f * at.stride);
      }
      for (int f = 0; to.features && f < at.features; ++f) {
        to.features[e * at.features + f] +=
            back_project(at, at.weighted_projection + f * at.stride);
      }
    }
  }

 private:
  // grads = ds of each channel's head; 0 beyond the row's end.
  static GRAPHATTN_INLINE void spread(const AdditiveRow<T>& at, const A* ds) {
    for (int h = 0; h < at.heads; ++h) {
      for (int c = 0; c < at.width; ++c) at.grads[h * at.width + c] = ds[h];
    }
    for (int i = at.size; i < at.stride; ++i) at.grads[i] = 0;
  }

  static GRAPHATTN_INLINE void project(const AdditiveRow<T>& at, A feature, A* to) {
    for (int i = 0; i < at.stride; i += kLanes<A>) {
      store(to + i, load(to + i) + load(at.grads + i) * feature);
    }
  }

  static GRAPHATTN_INLINE A back_project(const AdditiveRow<T>& at, const A* projection) {
    Vec<A> sum = {};
    for (int i = 0; i < at.stride; i += kLanes<A>) {
      sum += load(at.grads + i) * load(projection + i);
    }
    return sum_lanes<A>(sum);
  }
};

}  // namespace graphattn::GRAPHATTN_ISA

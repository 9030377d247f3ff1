// What lives on edges, in edge id order: bias, mask, dropout, features.
#pragma once

#include "args.h"
#include "block.h"

namespace graphattn::GRAPHATTN_ISA {

// 32-bit mixing step "lowbias32" by Chris Wellons.
GRAPHATTN_INLINE uint32_t mix(uint32_t word) {
  word ^= word >> 16;
  word *= 0x7feb352du;
  word ^= word >> 15;
  word *= 0x846ca68bu;
  return word ^ (word >> 16);
}

template <class T>
class Edges {
 public:
  using A = Acc<T>;

  Edges(const Args& args, const Shape<A>& shape)
      : args_(args), shape_(shape), width_(static_cast<int>(args.edge_width)) {
    dropping_ = args.seed != nullptr && args.dropout > 0.0;
    if (dropping_) {
      const uint64_t seed = static_cast<uint64_t>(*args.seed);
      low_ = static_cast<uint32_t>(seed);
      high_ = static_cast<uint32_t>(seed >> 32);
      threshold_ = static_cast<uint64_t>(__builtin_rint(args.dropout * 0x1p32));
      factor_ = args.dropout < 1.0 ? static_cast<A>(1.0 / (1.0 - args.dropout)) : A(0);
    }
  }

  bool dropping() const { return dropping_; }
  int width() const { return width_; }
  const T* features(int32_t edge) const {
    return static_cast<const T*>(args_.edge_attr) + static_cast<int64_t>(edge) * width_;
  }

  // Adds the bias; scores that may not attend become -inf.
  void constrain(const Block& block, A* score) const {
    if (args_.edge_bias != nullptr) {
      const T* bias = static_cast<const T*>(args_.edge_bias);
      for (int e = 0; e < block.count; ++e) {
        prefetch(bias, block, e, shape_.heads);
        const T* from = bias + static_cast<int64_t>(block.edge[e]) * shape_.heads;
        A* to = score + e * shape_.padded;
        for (int h = 0; h < shape_.heads; ++h) to[h] += widen(from[h]);
      }
    }
    if (args_.edge_mask != nullptr) {
      const int64_t width = args_.mask_width;
      const int step = width == 1 ? 0 : 1;
      for (int e = 0; e < block.count; ++e) {
        const uint8_t* allowed = args_.edge_mask + block.edge[e] * width;
        A* to = score + e * shape_.padded;
        for (int h = 0; h < shape_.heads; ++h) {
          if (!allowed[h * step]) to[h] = -A(__builtin_inf());
        }
      }
    }
  }

  // What a weight is multiplied with: 0 where dropped.
  void keep_factors(const Block& block, A* keep) const {
    for (int e = 0; e < block.count; ++e) {
      const uint64_t number = block.number(e);
      const uint32_t first = mix(static_cast<uint32_t>(number) ^ low_) ^
                             static_cast<uint32_t>(number >> 32) * 0x85EBCA6Bu;
      A* to = keep + e * shape_.padded;
      for (int h = 0; h < shape_.padded; ++h) {
        const uint32_t head = static_cast<uint32_t>(h) * 0x9E3779B9u + high_;
        to[h] = mix(first ^ head) >= threshold_ ? factor_ : A(0);
      }
    }
  }

  // Edge features meet per-target rows [heads, width], kept transposed as
  // [width, period] so that one vector serves all heads.
  void transpose(const T* from, A factor, A* to) const {
    for (int f = 0; f < width_; ++f) {
      A* line = to + f * shape_.period;
      clear(line, shape_.period);
      for (int h = 0; h < shape_.heads; ++h) line[h] = widen(from[h * width_ + f]) * factor;
    }
  }
  void transpose_back(const A* from, A factor, T* to) const {
    for (int h = 0; h < shape_.heads; ++h) {
      for (int f = 0; f < width_; ++f) {
        narrow(from[f * shape_.period + h] * factor, to + h * width_ + f);
      }
    }
  }

  // score[edge, head] += row[head] . features[edge]. Lanes beyond the heads add the
  // row's zeros to scores of the next edge.
  void dots(const Block& block, const A* row, A* score) const {
    for (int e = 0; e < block.count; ++e) {
      prefetch(static_cast<const T*>(args_.edge_attr), block, e, width_);
      const T* from = features(block.edge[e]);
      for (int h = 0; h < shape_.padded; h += kLanes<A>) {
        A* to = score + e * shape_.padded + h;
        Vec<A> sum = load(to);
        for (int f = 0; f < width_; ++f) {
          sum += load(row + f * shape_.period + h) * static_cast<A>(widen(from[f]));
        }
        store(to, sum);
      }
    }
  }

  // sum[head] += weight[edge, head] * features[edge]. Lanes beyond the heads collect
  // rubbish nobody reads.
  void axpy(const Block& block, const A* weight, A* sum) const {
    for (int e = 0; e < block.count; ++e) {
      const T* from = features(block.edge[e]);
      for (int h = 0; h < shape_.padded; h += kLanes<A>) {
        const Vec<A> w = load(weight + e * shape_.padded + h);
        for (int f = 0; f < width_; ++f) {
          A* to = sum + f * shape_.period + h;
          store(to, load(to) + w * static_cast<A>(widen(from[f])));
        }
      }
    }
  }

  // gradient[edge, f] += sum over heads of weight[edge, head] * row[head, f].
  void feature_gradient(const Block& block, const A* weight, const A* row,
                        A* gradient) const {
    for (int e = 0; e < block.count; ++e) {
      for (int f = 0; f < width_; ++f) {
        A sum = 0;
        for (int h = 0; h < shape_.heads; ++h) {
          sum += weight[e * shape_.padded + h] * row[f * shape_.period + h];
        }
        gradient[e * width_ + f] += sum;
      }
    }
  }

  // Writes [edge, columns] to the rows of the edges' ids.
  void scatter(const Block& block, const A* from, int stride, int columns,
               void* to) const {
    for (int e = 0; e < block.count; ++e) {
      T* row = static_cast<T*>(to) + static_cast<int64_t>(block.edge[e]) * columns;
      for (int i = 0; i < columns; ++i) narrow(from[e * stride + i], row + i);
    }
  }

 private:
  void prefetch(const T* base, const Block& block, int e, int columns) const {
    if (e + kPrefetchAhead >= block.ahead) return;
    __builtin_prefetch(base + static_cast<int64_t>(block.edge[e + kPrefetchAhead]) * columns);
  }

  const Args& args_;
  Shape<A> shape_;
  int width_;
  bool dropping_ = false;
  uint32_t low_ = 0, high_ = 0;
  uint64_t threshold_ = 0;
  A factor_ = 1;
};

}  // namespace graphattn::GRAPHATTN_ISA

// Picks slots of one row. Every pick is a function of a state and of its number, and
// `graphattn/ops/sample/picks.py` picks the same.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sample_numbers.h"

namespace graphattn {

namespace {

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195).
inline uint64_t mix(uint64_t word) {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}

inline uint64_t nth(uint64_t state, int64_t n) {
  return mix(state + 0x9e3779b97f4a7c15 * (static_cast<uint64_t>(n) + 1));
}

// random * bound / 2^64: below `bound`, each number as likely but for 2^-33.
inline int64_t below(uint64_t random, int64_t bound) {
  const uint64_t high = random >> 32, low = random & 0xffffffff;
  const uint64_t wide = static_cast<uint64_t>(bound);
  return static_cast<int64_t>((high * wide + ((low * wide) >> 32)) >> 32);
}

// The slots of one row that may be drawn.
struct Range {
  int64_t begin, end;
};

class Picks {
 public:
  // Appends `count` slots of the range, or all where `count` is negative.
  void draw(const double* weight, Range range, int64_t count, bool replace,
            uint64_t state, std::vector<int32_t>& slots) {
    const int64_t size = range.end - range.begin;
    if (size == 0 || count == 0) return;
    if (count < 0 || (!replace && count >= size)) {
      const bool choose = weight != nullptr && count > 0;
      for (int64_t slot = range.begin; slot < range.end; ++slot) {
        if (choose && !(weight[slot] > 0.0)) continue;
        slots.push_back(static_cast<int32_t>(slot));
      }
    } else if (weight != nullptr) {
      weighted(weight, range, count, replace, state, slots);
    } else if (replace) {
      for (int64_t n = 0; n < count; ++n) {
        slots.push_back(static_cast<int32_t>(range.begin + below(nth(state, n), size)));
      }
    } else {
      distinct(range, count, state, slots);
    }
  }

 private:
  // Up to so many, looking through the picks is faster than marking them.
  static constexpr int64_t kFewPicks = 48;

  // Floyd's algorithm (Bentley, Floyd 1987, doi:10.1145/30401.315746): the nth pick is
  // one of the first size - count + n + 1 slots, or the last of these where the pick is
  // taken already.
  void distinct(Range range, int64_t count, uint64_t state,
                std::vector<int32_t>& slots) {
    const int64_t size = range.end - range.begin;
    const size_t first = slots.size();
    const bool mark = count > kFewPicks;
    if (mark && at(size) > taken_.size()) taken_.resize(at(size));
    slots.resize(first + at(count));
    int32_t* const picks = slots.data() + first;
    for (int64_t n = 0; n < count; ++n) {
      const int64_t top = size - count + n;
      int64_t pick = below(nth(state, n), top + 1);
      const auto slot = static_cast<int32_t>(range.begin + pick);
      bool taken = mark && taken_[at(pick)] != 0;
      for (int64_t i = 0; !mark && i < n; ++i) taken |= picks[i] == slot;
      pick = taken ? top : pick;
      if (mark) taken_[at(pick)] = 1;
      picks[n] = static_cast<int32_t>(range.begin + pick);
    }
    for (int64_t n = 0; mark && n < count; ++n) taken_[at(picks[n] - range.begin)] = 0;
  }

  // One after the other, each in proportion to its weight among those left; a weight of
  // zero is never drawn.
  void weighted(const double* weight, Range range, int64_t count, bool replace,
                uint64_t state, std::vector<int32_t>& slots) {
    left_.assign(weight + range.begin, weight + range.end);
    sums_.resize(left_.size());
    for (int64_t n = 0; n < count; ++n) {
      if (n == 0 || !replace) {
        double sum = 0.0;
        for (size_t i = 0; i < left_.size(); ++i) sums_[i] = sum += left_[i];
      }
      if (!(sums_.back() > 0.0)) return;
      // 52 bits, not 53: the product then stays below the sum when it is rounded.
      const double part = static_cast<double>(nth(state, n) >> 12) * 0x1p-52;
      const double aim = part * sums_.back();
      const auto pick = std::upper_bound(sums_.begin(), sums_.end(), aim) - sums_.begin();
      slots.push_back(static_cast<int32_t>(range.begin + pick));
      if (!replace) left_[at(pick)] = 0.0;
    }
  }

  std::vector<char> taken_;
  std::vector<double> left_, sums_;
};

}  // namespace

}  // namespace graphattn

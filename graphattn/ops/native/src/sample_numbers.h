// Numbers nodes in the order in which they are met. As long as the sample, not as the
// graph: tiny batches of huge graphs cost little.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace graphattn {

namespace {

template <class T>
size_t at(T place) {
  return static_cast<size_t>(place);
}

// Open addressing, at most half full. A key of 0 marks a free place.
template <class Key>
class Numbers {
 public:
  Numbers() : places_(at(1) << kFirstBits) {}

  void fetch(Key key) const { __builtin_prefetch(&places_[home(key)]); }

  int32_t find(Key key) const {
    const Place& place = places_[place_of(key)];
    return place.key == 0 ? -1 : place.number;
  }

  // Returns the key's number; a new key gets `next`.
  int32_t find_or_add(Key key, int32_t next) {
    Place& place = places_[place_of(key)];
    if (place.key != 0) return place.number;
    place = {key, next};
    if (++count_ * 2 > places_.size()) grow();
    return next;
  }

 private:
  struct Place {
    Key key = 0;
    int32_t number = 0;
  };
  static constexpr int kFirstBits = 11;
  static constexpr int kGrowthBits = 2;

  // 2^64 over the golden ratio spreads neighbouring keys.
  size_t home(Key key) const {
    return at((static_cast<uint64_t>(key) * 0x9e3779b97f4a7c15) >> shift_);
  }

  // Where the key is, or the free place where it belongs.
  size_t place_of(Key key) const {
    size_t place = home(key);
    while (places_[place].key != key && places_[place].key != 0) {
      place = (place + 1) & (places_.size() - 1);
    }
    return place;
  }

  void grow() {
    std::vector<Place> before(places_.size() << kGrowthBits);
    before.swap(places_);
    shift_ -= kGrowthBits;
    for (const Place& old : before) {
      if (old.key != 0) places_[place_of(old.key)] = old;
    }
  }

  std::vector<Place> places_;
  size_t count_ = 0;
  int shift_ = 64 - kFirstBits;
};

}  // namespace

}  // namespace graphattn

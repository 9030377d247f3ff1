// Full attention within sets as rows of consecutive neighbours: no list of pairs exists.
#pragma once

#include "args.h"

namespace graphattn {

// One record of 8-byte fields, as Args. Sets lie one after another.
struct RangesArgs {
  int64_t num_sets, causal;
  const int64_t *ptr_query, *ptr_key;
  // Per query: where its pairs begin, [queries + 1], and its first key, [queries].
  int32_t *rowptr, *first_source;
  // Per key, likewise.
  int32_t *colptr, *first_target;
  // 0, 1, 2, ...
  int32_t* count;
  int64_t count_size;
};

// kTooMany where the pairs' number does not fit 31 bits.
Status find_ranges(const RangesArgs& args);

}  // namespace graphattn

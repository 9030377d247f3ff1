#include "ranges.h"

namespace graphattn {

Status find_ranges(const RangesArgs& args) {
  constexpr int64_t most = (int64_t{1} << 31) - 1;
  int64_t by_query = 0, by_key = 0;
  for (int64_t set = 0; set < args.num_sets; ++set) {
    const int64_t first_query = args.ptr_query[set], first_key = args.ptr_key[set];
    const int64_t queries = args.ptr_query[set + 1] - first_query;
    const int64_t keys = args.ptr_key[set + 1] - first_key;
    // The n-th query of a causal set sees the first n keys, so the n-th key is seen by
    // all but the first n - 1 queries.
    for (int64_t n = 0; n < queries; ++n) {
      args.rowptr[first_query + n] = static_cast<int32_t>(by_query);
      args.first_source[first_query + n] = static_cast<int32_t>(first_key);
      by_query += args.causal && n + 1 < keys ? n + 1 : keys;
      if (by_query > most) return kTooMany;
    }
    for (int64_t n = 0; n < keys; ++n) {
      const int64_t skipped = !args.causal ? 0 : n < queries ? n : queries;
      args.colptr[first_key + n] = static_cast<int32_t>(by_key);
      args.first_target[first_key + n] = static_cast<int32_t>(first_query + skipped);
      by_key += queries - skipped;
    }
  }
  args.rowptr[args.ptr_query[args.num_sets]] = static_cast<int32_t>(by_query);
  args.colptr[args.ptr_key[args.num_sets]] = static_cast<int32_t>(by_key);
  for (int64_t i = 0; i < args.count_size; ++i) args.count[i] = static_cast<int32_t>(i);
  return kDone;
}

}  // namespace graphattn

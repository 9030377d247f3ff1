#include "memory.h"

#include "args.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace graphattn {

void advise_huge_pages(void* start, int64_t bytes) {
  constexpr uintptr_t kHugePage = uintptr_t{1} << 21;
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // Whole huge pages only: what lies around them belongs to others.
  const uintptr_t address = reinterpret_cast<uintptr_t>(start);
  const uintptr_t begin = (address + kHugePage - 1) / kHugePage * kHugePage;
  const uintptr_t end = (address + static_cast<uintptr_t>(bytes)) / kHugePage * kHugePage;
  if (start != nullptr && begin < end) {
    (void)madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
  }
#else
  (void)start;
  (void)bytes;
#endif
}

void advise_huge_outputs(const Args& args) {
  const int64_t item = args.dtype == kFloat64 ? 8 : args.dtype == kFloat32 ? 4 : 2;
  const int64_t score_row = args.heads * args.score_width * item;
  const int64_t value_row = args.heads * args.value_width * item;
  if (args.backward) {
    advise_huge_pages(args.d_query, args.num_targets * score_row);
    advise_huge_pages(args.d_key, args.num_sources * score_row);
    advise_huge_pages(args.d_value, args.num_sources * value_row);
  } else {
    advise_huge_pages(args.out, args.num_targets * value_row);
  }
}

}  // namespace graphattn

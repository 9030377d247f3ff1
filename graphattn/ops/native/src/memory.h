// Large results are written once, page by page, and getting each small page from the
// system takes as much as a fifth of a forward pass. Tables that are read at random
// miss the address cache less.
#pragma once

#include <cstdint>

namespace graphattn {

struct Args;

// Asks for huge pages under a large buffer, where the system leaves that to programs
// ("madvise"). A hint: nothing depends on it.
void advise_huge_pages(void* start, int64_t bytes);

// The same for the outputs of a call.
void advise_huge_outputs(const Args& args);

}  // namespace graphattn

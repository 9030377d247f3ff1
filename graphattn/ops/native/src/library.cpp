// The C interface, and the choice of the instruction set.
#include <cstring>

#include "compress.h"
#include "kernels.h"
#include "memory.h"
#include "paths.h"
#include "ranges.h"
#include "sample.h"

namespace graphattn {

namespace {

const Kernels* find_kernels(const char* isa) {
#if defined(GRAPHATTN_HAS_AVX512)
  if (std::strcmp(isa, "avx512") == 0) {
    const bool runs = __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512dq");
    return runs ? &avx512::kKernels : nullptr;
  }
#endif
#if defined(GRAPHATTN_HAS_AVX2)
  if (std::strcmp(isa, "avx2") == 0) {
    const bool runs = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                      __builtin_cpu_supports("f16c");
    return runs ? &avx2::kKernels : nullptr;
  }
#endif
  return std::strcmp(isa, "baseline") == 0 ? &baseline::kKernels : nullptr;
}

const Kernels* chosen = &baseline::kKernels;

}  // namespace

extern "C" {

#define GRAPHATTN_EXPORT __attribute__((visibility("default")))

// Makes `isa` the one that runs. Returns its vectors' bytes, or 0 where this machine
// or this build has no such.
GRAPHATTN_EXPORT int graphattn_choose_isa(const char* isa) {
  const Kernels* found = find_kernels(isa);
  if (found == nullptr) return 0;
  chosen = found;
  return found->vector_bytes;
}

GRAPHATTN_EXPORT int graphattn_attention(const void* packed, int64_t size) {
  Args args;
  if (size != static_cast<int64_t>(sizeof(args))) return kBadArguments;
  std::memcpy(&args, packed, sizeof(args));
  advise_huge_outputs(args);
  return chosen->attention[args.score][args.backward][args.dtype](args);
}

GRAPHATTN_EXPORT int graphattn_gather_bound(const void* packed, int64_t size,
                                            double* checksum) {
  Args args;
  if (size != static_cast<int64_t>(sizeof(args))) return kBadArguments;
  std::memcpy(&args, packed, sizeof(args));
  return chosen->gather_bound(args, checksum);
}

// `packed` is written to: it says where an index is out of range.
GRAPHATTN_EXPORT int graphattn_compress(void* packed, int64_t size) {
  CompressArgs args;
  if (size != static_cast<int64_t>(sizeof(args))) return kBadArguments;
  std::memcpy(&args, packed, sizeof(args));
  const int status = compress(args);
  std::memcpy(packed, &args, sizeof(args));
  return status;
}

GRAPHATTN_EXPORT int graphattn_find_ranges(const void* packed, int64_t size) {
  RangesArgs args;
  if (size != static_cast<int64_t>(sizeof(args))) return kBadArguments;
  std::memcpy(&args, packed, sizeof(args));
  return find_ranges(args);
}

GRAPHATTN_EXPORT int graphattn_find_paths(const void* packed, int64_t size) {
  PathsArgs args;
  if (size != static_cast<int64_t>(sizeof(args))) return kBadArguments;
  std::memcpy(&args, packed, sizeof(args));
  return find_paths(args);
}

// `packed` is written to, as what it points to: see SampleArgs.
GRAPHATTN_EXPORT int graphattn_sample(void* packed, int64_t size) {
  SampleArgs args;
  if (size != static_cast<int64_t>(sizeof(args))) return kBadArguments;
  std::memcpy(&args, packed, sizeof(args));
  const int status = sample(args);
  std::memcpy(packed, &args, sizeof(args));
  return status;
}

}  // extern "C"

}  // namespace graphattn

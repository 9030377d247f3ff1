// What one instruction set's build offers, and how the library finds it.
#pragma once

#include "args.h"

namespace graphattn {

struct Kernels {
  const char* isa;
  int vector_bytes;
  // By score, backward, dtype.
  AttentionFunction attention[3][2][4];
  // Reads the rows of key and value in edge order: what any kernel must at least do.
  Status (*gather_bound)(const Args&, double* checksum);
};

namespace baseline {
extern const Kernels kKernels;
}
namespace avx2 {
extern const Kernels kKernels;
}
namespace avx512 {
extern const Kernels kKernels;
}

}  // namespace graphattn

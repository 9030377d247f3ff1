// Compiled once per instruction set; the flags choose the namespace (see vec.h).
#include "kernels.h"

#include <type_traits>

#include "additive.h"
#include "dot.h"
#include "gat.h"
#include "gather.h"

namespace graphattn::GRAPHATTN_ISA {

namespace {

template <class T, template <class> class Scores>
Status run_forward(const Args& args) {
  return forward<T, Scores>(args);
}
template <class T, template <class> class Scores>
Status run_backward(const Args& args) {
  return backward<T, Scores>(args);
}

#define GRAPHATTN_DTYPES(run, Scores) \
  { run<float, Scores>, run<double, Scores>, run<Half, Scores>, run<Bfloat, Scores> }
#define GRAPHATTN_SCORE(Scores) \
  { GRAPHATTN_DTYPES(run_forward, Scores), GRAPHATTN_DTYPES(run_backward, Scores) }
#define GRAPHATTN_TEXT(name) #name
#define GRAPHATTN_NAME(name) GRAPHATTN_TEXT(name)

}  // namespace

extern const Kernels kKernels = {
    GRAPHATTN_NAME(GRAPHATTN_ISA),
    kVectorBytes,
    {GRAPHATTN_SCORE(DotScores), GRAPHATTN_SCORE(AdditiveScores),
     GRAPHATTN_SCORE(GatScores)},
    gather_bound,
};

}  // namespace graphattn::GRAPHATTN_ISA

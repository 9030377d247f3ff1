// Which code serves a shape.
#pragma once

#include "tiled.h"

namespace graphattn::GRAPHATTN_ISA {

template <class T>
RowKernels<T> row_kernels(int64_t heads, int64_t width) {
  RowKernels<T> found = {AnyRows<T>::dots, AnyRows<T>::axpy};
  visit_fast_shape<T>(heads, width, [&](auto shape) {
    using Rows = Tiled<T, decltype(shape)::heads, decltype(shape)::width>;
    found = {Rows::dots, Rows::axpy};
  });
  return found;
}

}  // namespace graphattn::GRAPHATTN_ISA

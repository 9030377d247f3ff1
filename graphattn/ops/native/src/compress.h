// From a list of edges to compressed rows, by stable counting sorts.
#pragma once

#include "args.h"

namespace graphattn {

// One record of 8-byte fields, as Args.
struct CompressArgs {
  int64_t index_bytes, threads, num_edges, num_sources, num_targets;
  const void *source, *target;
  int32_t *rowptr, *col, *perm, *colptr, *row, *csc_perm;
  // Where an index is out of range: 0 none, 1 source, 2 target; the edge; the value.
  int64_t bad_end, bad_edge, bad_value;
};

Status compress(CompressArgs& args);

}  // namespace graphattn

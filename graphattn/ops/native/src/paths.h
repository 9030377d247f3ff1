// Shortest paths between pairs of nodes, by breadth-first search from each source.
#pragma once

#include "args.h"

namespace graphattn {

// One record of 8-byte fields, as Args. Pairs are sorted by source.
struct PathsArgs {
  int64_t num_nodes, num_pairs, most, width, threads;
  // Edges by source: where each source's begin, their targets and their ids.
  const int32_t *colptr, *row, *csc_perm;
  const int32_t *source, *target;
  // Per pair: the number of edges, or -1; and [width] edge ids from the source on,
  // filled up with -1. `edges` is null where nobody asks.
  int32_t *distance, *edges;
};

// No path has more than `most` edges. Where several are shortest, each step back from
// the target takes the edge of the lowest id.
Status find_paths(const PathsArgs& args);

}  // namespace graphattn

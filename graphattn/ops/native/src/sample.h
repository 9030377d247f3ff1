// Draws the neighbourhoods of a batch of nodes, hop by hop.
#pragma once

#include "args.h"

namespace graphattn {

// Who may be drawn for whom: for each target, the slots of its neighbours. One record
// of 8-byte fields, as Args.
struct Relation {
  int64_t source, target;  // Types of nodes.
  const int32_t *rowptr, *col, *perm;
  const int64_t* time;   // By slot, ascending within a row; null: always there.
  const double* weight;  // By slot, not negative; null: all alike.
};

struct Drawn;

enum SampleStep : int64_t { kDraw = 0, kTake = 1, kDrop = 2 };

// kDraw fills `drawn` and the numbers, kTake copies what was drawn to where the tables
// of pointers point, kDrop frees it.
struct SampleArgs {
  int64_t step;
  int64_t num_types, num_relations, num_hops;
  int64_t replace, disjoint, induced, last, seed;
  const int64_t* num_nodes;    // [num_types]
  const Relation* relations;   // [num_relations]
  const int64_t* counts;       // [num_relations, num_hops]; negative: every neighbour.
  const int64_t* starts;       // The nodes to start from, all types in one list.
  const int64_t* starts_of;    // [num_types, 2]: where a type's begin and end.
  const int64_t* start_times;  // As `starts`; null where no time is kept.
  Drawn* drawn;
  int64_t* nodes_per_hop;  // [num_types, num_hops + 1]
  int64_t* edges_per_hop;  // [num_relations, num_hops]
  int64_t* num_edges;      // [num_relations]
  int64_t *const *node, *const *batch;              // [num_types]
  int64_t *const *row, *const *col, *const *edge;  // [num_relations]
  int64_t bad_start;  // The place in `starts` of what is no node, or -1.
};

Status sample(SampleArgs& args);

}  // namespace graphattn

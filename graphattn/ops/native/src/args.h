// What a call passes: one flat record of 8-byte fields, packed by `binding.py` in this
// order. Pointers are null where an op has no such tensor. Strides count elements.
#pragma once

#include <cstdint>

namespace graphattn {

enum Status : int { kDone = 0, kNoMemory = 1, kBadArguments = 2, kTooMany = 3 };
enum Dtype : int64_t { kFloat32 = 0, kFloat64 = 1, kFloat16 = 2, kBfloat16 = 3 };
enum Activation : int64_t { kLeakyRelu = 0, kTanh = 1 };
enum Score : int64_t { kDot = 0, kAdditive = 1, kGat = 2 };

struct Args {
  int64_t score, backward, dtype, threads;
  int64_t heads, score_width, value_width, edge_width, mask_width;
  int64_t num_targets, num_sources, num_edges, activation;
  double scale, negative_slope, dropout;
  const int64_t* seed;

  // CSR by target and CSC by source.
  const int32_t *rowptr, *col, *perm, *colptr, *row, *csc_perm;
  // Full attention: see ranges.h. Null along edges.
  const int32_t *first_source, *first_target;

  // Inputs. GAT's alphas are query and key of width 1.
  const void* query;
  int64_t query_stride;
  const void* key;
  int64_t key_stride;
  const void* value;
  int64_t value_stride;
  const void* edge_query;
  int64_t edge_query_stride;
  const void *weight, *edge_key_weight;
  const void *edge_attr, *edge_bias, *edge_score;
  const uint8_t* edge_mask;

  // Outputs of forward, inputs of backward: contiguous.
  void *out, *edge_out, *logsumexp;

  // Backward.
  const void *grad_out, *grad_edge_out, *grad_logsumexp;
  void *d_query, *d_key, *d_value, *d_edge_query, *d_weight, *d_edge_key_weight;
  void *d_edge_attr, *d_edge_bias, *d_edge_score;
};

using AttentionFunction = Status (*)(const Args&);

}  // namespace graphattn

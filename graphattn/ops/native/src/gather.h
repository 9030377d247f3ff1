// The bound: reading the rows of key and value of every edge, and nothing else.
#pragma once

#include "pass.h"

namespace graphattn::GRAPHATTN_ISA {

struct GatherPass {
  const Args& args;
};

class GatherWorker {
 public:
  using A = float;

  GatherWorker(const GatherPass& pass, Arena& arena) : args_(pass.args) {
    state = arena.take<A>(state_size + kLanes<A>);
    task_sum = arena.take<A>(task_sum_size);
  }
  void begin_row(int64_t) {}
  void block(const Block& block) {
    const Gather<float> keys = block.rows_of<float>(args_.key, args_.key_stride);
    const Gather<float> values = block.rows_of<float>(args_.value, args_.value_stride);
    const int key_width = static_cast<int>(args_.heads * args_.score_width);
    const int value_width = static_cast<int>(args_.heads * args_.value_width);
    Vec<float> sum = {};
    for (int e = 0; e < block.count; ++e) {
      keys.prefetch(e, key_width);
      values.prefetch(e, value_width);
      const float *key = keys.row(e), *value = values.row(e);
      for (int i = 0; i + kLanes<A> <= key_width; i += kLanes<A>) sum += load(key + i);
      for (int i = 0; i + kLanes<A> <= value_width; i += kLanes<A>) sum += load(value + i);
    }
    task_sum[0] += sum_lanes<A>(sum);
  }
  void end_segment() {}
  void merge(const A*) {}
  void finish_row(int64_t) {}

  A* state;
  int64_t state_size = 0;
  A* task_sum;
  int64_t task_sum_size = 1;

 private:
  const Args& args_;
};

inline Status gather_bound(const Args& args, double* checksum) {
  const GatherPass pass{args};
  const Side side = {args.rowptr,      args.col,       nullptr, nullptr,
                     args.num_targets, args.num_edges, 0,       0};
  float total = 0;
  Runner<GatherWorker, GatherPass> runner(pass, side);
  const int64_t operations =
      args.num_edges * args.heads * (args.score_width + args.value_width);
  const Status status = runner.run(args.threads, operations, &total);
  *checksum = total;
  return status;
}

}  // namespace graphattn::GRAPHATTN_ISA

// Runs a pass over the rows of one side: whole rows in ranges, hub rows by segments
// that are merged afterwards in the order of their slots.
#pragma once

#include "block.h"
#include "threads.h"

namespace graphattn::GRAPHATTN_ISA {

// A worker has
//   Worker(const Pass&, Arena&)           buffers of one thread
//   void begin_row(int64_t row)           reads what belongs to the row, clears its state
//   void block(const Block&)              adds a block of edges to the state
//   void end_segment()                    completes the state of a row or a segment
//   void merge(const A* other)            adds a later segment's state
//   void finish_row(int64_t row)          writes the results
//   A* state; int64_t state_size          what a segment leaves behind
//   A* task_sum; int64_t task_sum_size    sums over all rows of a task, or size 0
struct Side {
  const int32_t *pointers, *node, *edge;
  // Where given, a row's neighbours are consecutive nodes from first[row] on, and
  // `node` only counts: node[i] = i.
  const int32_t* first;
  int64_t num_rows, node_count;
  // A pair's number is row_step * row + pair_step * neighbour.
  int64_t row_step, pair_step;
};

template <class Worker, class Pass>
class Runner {
 public:
  using A = typename Worker::A;

  Runner(const Pass& pass, const Side& side) : pass_(pass), side_(side) {}

  // `task_total` receives the sums over all tasks, in the tasks' order.
  Status run(int64_t threads, int64_t operations, A* task_total) {
    const Plan plan(side_.pointers, side_.num_rows);
    if (!plan.valid()) return kNoMemory;
    threads = useful_threads(threads, plan.num_tasks, operations);
    Arena count(nullptr);
    const Worker sample(pass_, count);
    state_size_ = sample.state_size;
    sum_size_ = sample.task_sum_size;
    worker_bytes_ = count.used();

    Arena layout(nullptr);
    layout.take<char>(worker_bytes_ * threads);
    layout.take<A>(state_size_ * plan.num_partials);
    layout.take<A>(sum_size_ * plan.num_tasks);
    const AlignedMemory memory(layout.used());
    if (memory.start() == nullptr) return kNoMemory;
    Arena arena(memory.start());
    workers_ = arena.take<char>(worker_bytes_ * threads);
    partials_ = arena.take<A>(state_size_ * plan.num_partials);
    sums_ = arena.take<A>(sum_size_ * plan.num_tasks);

    plan_ = &plan;
    run_tasks(
        threads, plan.num_tasks,
        [](void* self, int64_t task, int thread) {
          static_cast<Runner*>(self)->task(task, thread);
        },
        this);
    run_tasks(
        plan.num_hubs > 0 ? threads : 1, plan.num_hubs,
        [](void* self, int64_t hub, int thread) {
          static_cast<Runner*>(self)->hub(hub, thread);
        },
        this);
    for (int64_t i = 0; i < sum_size_; ++i) {
      A total = 0;
      for (int64_t t = 0; t < plan.num_tasks; ++t) total += sums_[t * sum_size_ + i];
      task_total[i] = total;
    }
    return kDone;
  }

 private:
  Worker worker(int thread) {
    Arena arena(workers_ + worker_bytes_ * thread);
    return Worker(pass_, arena);
  }

  void segment(Worker& worker, int64_t row, int64_t begin, int64_t end) {
    const Side& side = side_;
    const int64_t shift = side.first ? side.first[row] - side.pointers[row] : 0;
    worker.begin_row(row);
    for (int64_t slot = begin; slot < end; slot += kBlockEdges) {
      const int64_t count = end - slot < kBlockEdges ? end - slot : kBlockEdges;
      worker.block({side.node + slot + shift, side.edge ? side.edge + slot : nullptr,
                    static_cast<int>(count), side.node_count - slot - shift,
                    side.row_step * row, side.pair_step});
    }
    worker.end_segment();
  }

  void task(int64_t index, int thread) {
    Worker worker = this->worker(thread);
    const Task& task = plan_->tasks[index];
    clear(worker.task_sum, sum_size_);
    if (task.partial >= 0) {
      segment(worker, task.row_begin, task.slot_begin, task.slot_end);
      std::memcpy(partials_ + task.partial * state_size_, worker.state,
                  static_cast<size_t>(state_size_) * sizeof(A));
    } else {
      for (int64_t row = task.row_begin; row < task.row_end; ++row) {
        const int64_t begin = side_.pointers[row], end = side_.pointers[row + 1];
        if (end - begin > kSegmentEdges) continue;
        segment(worker, row, begin, end);
        worker.finish_row(row);
      }
    }
    if (sum_size_ > 0) {
      std::memcpy(sums_ + index * sum_size_, worker.task_sum,
                  static_cast<size_t>(sum_size_) * sizeof(A));
    }
  }

  void hub(int64_t index, int thread) {
    Worker worker = this->worker(thread);
    const Hub& hub = plan_->hubs[index];
    worker.begin_row(hub.row);
    std::memcpy(worker.state, partials_ + hub.partial_begin * state_size_,
                static_cast<size_t>(state_size_) * sizeof(A));
    for (int64_t i = hub.partial_begin + 1; i < hub.partial_end; ++i) {
      worker.merge(partials_ + i * state_size_);
    }
    worker.finish_row(hub.row);
  }

  const Pass& pass_;
  Side side_;
  const Plan* plan_ = nullptr;
  int64_t state_size_ = 0, sum_size_ = 0, worker_bytes_ = 0;
  char* workers_ = nullptr;
  A *partials_ = nullptr, *sums_ = nullptr;
};

}  // namespace graphattn::GRAPHATTN_ISA

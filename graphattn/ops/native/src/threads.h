// Who does what. Tasks are cut at boundaries that depend on the graph alone, never on
// the number of threads, and each writes to places of its own: so the result has the
// same bits whoever runs which task.
#pragma once

#include <cstdint>

namespace graphattn {

// A row of more edges than this is cut into segments of this many.
constexpr int64_t kSegmentEdges = 4096;

// Either a range of whole rows (partial < 0), or one segment of a hub row, whose result
// goes to the partial of that number.
struct Task {
  int64_t row_begin, row_end;
  int64_t slot_begin, slot_end;
  int64_t partial;
};

// A hub row and its segments' partials.
struct Hub {
  int64_t row, partial_begin, partial_end;
};

struct Plan {
  Task* tasks;
  Hub* hubs;
  int64_t num_tasks, num_hubs, num_partials;

  Plan(const int32_t* pointers, int64_t num_rows);
  ~Plan();
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  bool valid() const { return tasks != nullptr; }
};

// Runs body(context, task, thread) for every task. One thread: a plain loop, without
// touching OpenMP. In a forked child the pool's threads do not exist: one thread.
void run_tasks(int64_t threads, int64_t num_tasks,
               void (*body)(void* context, int64_t task, int thread), void* context);

// How many threads a call gets: no more than tasks, and one where the work is too small
// to be worth waking another.
int64_t useful_threads(int64_t wanted, int64_t num_tasks, int64_t operations);

}  // namespace graphattn

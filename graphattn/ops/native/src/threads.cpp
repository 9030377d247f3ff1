#include "threads.h"

#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <new>
#if !defined(_OPENMP)
#include <thread>
#include <vector>
#endif

namespace graphattn {

namespace {

// Range tasks per pass: enough to balance, few enough that sums per task stay small.
constexpr int64_t kMaxRangeTasks = 256;
constexpr int64_t kTaskCost = 4096;
// What a row costs besides its edges, in edges.
constexpr int64_t kRowCost = 4;
// Multiply-adds below which waking a thread costs more than it saves.
constexpr int64_t kOperationsPerThread = 1 << 18;

std::atomic<bool> in_forked_child{false};

[[gnu::constructor]] void watch_forks() {
  pthread_atfork(nullptr, nullptr, [] { in_forked_child.store(true); });
}

// First row at which the cost of all rows before it reaches `cost`.
int64_t row_at_cost(const int32_t* pointers, int64_t num_rows, int64_t cost) {
  int64_t low = 0, high = num_rows;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (pointers[middle] + middle * kRowCost < cost) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

bool is_hub(const int32_t* pointers, int64_t row) {
  return pointers[row + 1] - static_cast<int64_t>(pointers[row]) > kSegmentEdges;
}

}  // namespace

Plan::Plan(const int32_t* pointers, int64_t num_rows)
    : tasks(nullptr), hubs(nullptr), num_tasks(0), num_hubs(0), num_partials(0) {
  const int64_t num_edges = pointers[num_rows];
  const int64_t cost = num_edges + num_rows * kRowCost;
  int64_t ranges = (cost + kTaskCost - 1) / kTaskCost;
  ranges = ranges < kMaxRangeTasks ? ranges : kMaxRangeTasks;

  if (num_edges > kSegmentEdges) {
    for (int64_t row = 0; row < num_rows; ++row) {
      if (!is_hub(pointers, row)) continue;
      const int64_t edges = pointers[row + 1] - static_cast<int64_t>(pointers[row]);
      num_partials += (edges + kSegmentEdges - 1) / kSegmentEdges;
      ++num_hubs;
    }
  }
  tasks = new (std::nothrow) Task[static_cast<size_t>(ranges + num_partials + 1)];
  hubs = new (std::nothrow) Hub[static_cast<size_t>(num_hubs + 1)];
  if (tasks == nullptr || hubs == nullptr) {
    delete[] tasks;
    tasks = nullptr;
    return;
  }

  // Segments first: they are the longest tasks.
  int64_t hub = 0, partial = 0;
  for (int64_t row = 0; num_hubs > 0 && row < num_rows; ++row) {
    if (!is_hub(pointers, row)) continue;
    const int64_t first = partial, end = pointers[row + 1];
    for (int64_t slot = pointers[row]; slot < end; slot += kSegmentEdges) {
      const int64_t stop = slot + kSegmentEdges < end ? slot + kSegmentEdges : end;
      tasks[num_tasks++] = {row, row + 1, slot, stop, partial++};
    }
    hubs[hub++] = {row, first, partial};
  }
  int64_t begin = 0;
  for (int64_t range = 1; range <= ranges; ++range) {
    const int64_t end =
        range == ranges ? num_rows
                        : row_at_cost(pointers, num_rows, cost / ranges * range);
    if (end <= begin) continue;
    tasks[num_tasks++] = {begin, end, pointers[begin], pointers[end], -1};
    begin = end;
  }
}

Plan::~Plan() {
  delete[] tasks;
  delete[] hubs;
}

int64_t useful_threads(int64_t wanted, int64_t num_tasks, int64_t operations) {
  int64_t threads = wanted < num_tasks ? wanted : num_tasks;
  const int64_t worthwhile = 1 + operations / kOperationsPerThread;
  threads = threads < worthwhile ? threads : worthwhile;
  return threads < 1 || in_forked_child.load(std::memory_order_relaxed) ? 1 : threads;
}

void run_tasks(int64_t threads, int64_t num_tasks,
               void (*body)(void* context, int64_t task, int thread), void* context) {
  if (threads <= 1) {
    for (int64_t task = 0; task < num_tasks; ++task) body(context, task, 0);
    return;
  }
  std::atomic<int64_t> next{0};
  const auto work = [&](int thread) {
    while (true) {
      const int64_t task = next.fetch_add(1, std::memory_order_relaxed);
      if (task >= num_tasks) return;
      body(context, task, thread);
    }
  };
#if defined(_OPENMP)
  std::atomic<int> arrived{0};
#pragma omp parallel num_threads(static_cast<int>(threads))
  work(arrived.fetch_add(1, std::memory_order_relaxed));
#else
  std::vector<std::thread> helpers;
  for (int thread = 1; thread < threads; ++thread) helpers.emplace_back(work, thread);
  work(0);
  for (std::thread& helper : helpers) helper.join();
#endif
}

}  // namespace graphattn

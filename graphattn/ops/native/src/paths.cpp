#include "paths.h"

#include <algorithm>
#include <new>
#include <vector>

#include "threads.h"

namespace graphattn {

namespace {

constexpr int32_t kUnseen = -1;
// Pairs of one task, at least.
constexpr int64_t kTaskPairs = 2048;

// One thread's search. What a search writes it takes back, so that its cost is that of
// the nodes it reaches.
class Search {
 public:
  explicit Search(const PathsArgs& args) : args_(args) {
    const size_t nodes = static_cast<size_t>(args.num_nodes);
    distance_.assign(nodes, kUnseen);
    wanted_.assign(nodes, 0);
    reached_.resize(nodes);
    if (args.edges != nullptr) {
      edge_.resize(nodes);
      before_.resize(nodes);
    }
  }

  // Pairs from `begin` to before `end` share one source.
  void run(int64_t begin, int64_t end) {
    int64_t missing = 0;
    for (int64_t pair = begin; pair < end; ++pair) {
      uint8_t& wanted = wanted_[args_.target[pair]];
      missing += wanted == 0;
      wanted = 1;
    }
    if (args_.edges == nullptr) {
      search<false>(args_.source[begin], missing);
    } else {
      search<true>(args_.source[begin], missing);
    }
    for (int64_t pair = begin; pair < end; ++pair) {
      args_.distance[pair] = distance_[args_.target[pair]];
      wanted_[args_.target[pair]] = 0;
      if (args_.edges != nullptr) trace(pair);
    }
    for (int64_t i = 0; i < num_reached_; ++i) distance_[reached_[i]] = kUnseen;
  }

 private:
  template <bool kEdges>
  void search(int32_t source, int64_t missing) {
    reached_[0] = source;
    distance_[source] = 0;
    num_reached_ = 1;
    missing -= wanted_[source];
    int64_t level_begin = 0;
    // A level is always finished, because its last edge may have the lowest id.
    for (int32_t level = 1; level <= args_.most && missing > 0; ++level) {
      const int64_t level_end = num_reached_;
      if (level_begin == level_end) return;
      for (; level_begin < level_end; ++level_begin) {
        const int32_t node = reached_[level_begin];
        for (int32_t slot = args_.colptr[node]; slot < args_.colptr[node + 1]; ++slot) {
          const int32_t next = args_.row[slot];
          if (distance_[next] == kUnseen) {
            distance_[next] = level;
            reached_[num_reached_++] = next;
            missing -= wanted_[next];
          } else if (!kEdges || distance_[next] != level ||
                     edge_[next] <= args_.csc_perm[slot]) {
            continue;
          }
          if (kEdges) {
            edge_[next] = args_.csc_perm[slot];
            before_[next] = node;
          }
        }
      }
    }
  }

  void trace(int64_t pair) {
    int32_t* edges = args_.edges + pair * args_.width;
    const int64_t length = std::max<int64_t>(args_.distance[pair], 0);
    std::fill(edges + length, edges + args_.width, -1);
    int32_t node = args_.target[pair];
    for (int64_t step = length; step-- > 0; node = before_[node]) {
      edges[step] = edge_[node];
    }
  }

  const PathsArgs& args_;
  std::vector<int32_t> distance_, reached_, edge_, before_;
  std::vector<uint8_t> wanted_;
  int64_t num_reached_ = 0;
};

struct Work {
  const PathsArgs& args;
  std::vector<int64_t> begins;
  std::vector<Search> searches;
};

void run_task(void* context, int64_t task, int thread) {
  Work& work = *static_cast<Work*>(context);
  const int32_t* source = work.args.source;
  const int64_t end = work.begins[static_cast<size_t>(task) + 1];
  for (int64_t begin = work.begins[static_cast<size_t>(task)]; begin < end;) {
    int64_t next = begin + 1;
    while (next < end && source[next] == source[begin]) ++next;
    work.searches[static_cast<size_t>(thread)].run(begin, next);
    begin = next;
  }
}

}  // namespace

Status find_paths(const PathsArgs& args) {
  try {
    Work work{args, {0}, {}};
    for (int64_t pair = 1; pair < args.num_pairs; ++pair) {
      const bool fresh = args.source[pair] != args.source[pair - 1];
      if (fresh && pair - work.begins.back() >= kTaskPairs) work.begins.push_back(pair);
    }
    if (args.num_pairs == 0) return kDone;
    const int64_t tasks = static_cast<int64_t>(work.begins.size());
    work.begins.push_back(args.num_pairs);
    const int64_t threads = useful_threads(args.threads, tasks, args.num_pairs * 64);
    for (int64_t i = 0; i < threads; ++i) work.searches.emplace_back(args);
    run_tasks(threads, tasks, run_task, &work);
  } catch (const std::bad_alloc&) {
    return kNoMemory;
  }
  return kDone;
}

}  // namespace graphattn

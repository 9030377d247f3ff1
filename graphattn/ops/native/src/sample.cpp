// Every draw is a function of the seed, the hop, the relation, the place of the target
// and the number of the draw, so the same seed gives the same sample on any machine,
// and `portable.py` gives it too. Slots are drawn first and looked up afterwards, with
// memory fetched ahead: what costs time is neither the arithmetic nor the hashing but
// waiting for a neighbour's row. Nothing here is as long as the graph.
#include "sample.h"

#include <algorithm>
#include <limits>
#include <new>
#include <vector>

#include "sample_numbers.h"
#include "sample_picks.h"

namespace graphattn {

struct Drawn {
  struct Edges {
    std::vector<int32_t> row, col, edge;
  };
  std::vector<std::vector<int32_t>> node, batch;
  std::vector<Edges> edges;
};

namespace {

// How many places ahead a row's bounds, a slot and a node's number are fetched.
constexpr size_t kRowAhead = 12, kSlotAhead = 24, kNumberAhead = 12;

// Key: 32 bits where a node appears once, 64 where it may once in each batch.
template <class Key>
class Drawing {
 public:
  Drawing(const SampleArgs& args, Drawn& drawn)
      : args_(args), drawn_(drawn), numbers_(at(args.num_types)) {}

  void run() {
    const int64_t hops = args_.num_hops, types = args_.num_types;
    for (int64_t type = 0; type < types; ++type) start(type);
    std::vector<Range> frontier(at(types), Range{0, 0});
    for (int64_t hop = 0; hop < hops; ++hop) {
      for (int64_t type = 0; type < types; ++type) {
        const int64_t end = num_drawn(type);
        frontier[at(type)] = {frontier[at(type)].end, end};
      }
      for (int64_t number = 0; number < args_.num_relations; ++number) {
        draw_hop(hop, number, frontier[at(args_.relations[number].target)]);
      }
      for (int64_t type = 0; type < types; ++type) {
        args_.nodes_per_hop[type * (hops + 1) + hop + 1] =
            num_drawn(type) - frontier[at(type)].end;
      }
    }
    for (int64_t number = 0; number < args_.num_relations; ++number) {
      if (args_.induced) induce(number);
      args_.num_edges[number] =
          static_cast<int64_t>(drawn_.edges[at(number)].row.size());
    }
  }

 private:
  int64_t num_drawn(int64_t type) const {
    return static_cast<int64_t>(drawn_.node[at(type)].size());
  }

  static Key key_of(int32_t node, int32_t batch) {
    if (sizeof(Key) == 4) return static_cast<Key>(node) + 1;
    return static_cast<Key>((static_cast<uint64_t>(batch) << 32) +
                            static_cast<uint32_t>(node) + 1);
  }

  void start(int64_t type) {
    const int64_t begin = args_.starts_of[2 * type], end = args_.starts_of[2 * type + 1];
    for (int64_t place = begin; place < end; ++place) {
      const auto node = static_cast<int32_t>(args_.starts[place]);
      const auto batch = static_cast<int32_t>(args_.disjoint ? place : 0);
      // A node given twice stands in the list twice; edges lead to its first place.
      number_of(type, node, batch);
      if (num_drawn(type) == place - begin) add(type, node, batch);
    }
    args_.nodes_per_hop[type * (args_.num_hops + 1)] = end - begin;
  }

  void add(int64_t type, int32_t node, int32_t batch) {
    std::vector<int32_t>& nodes = drawn_.node[at(type)];
    if (nodes.size() >= at(std::numeric_limits<int32_t>::max())) throw std::bad_alloc();
    nodes.push_back(node);
    if (args_.disjoint) drawn_.batch[at(type)].push_back(batch);
  }

  int32_t number_of(int64_t type, int32_t node, int32_t batch) {
    const auto next = static_cast<int32_t>(num_drawn(type));
    const int32_t found = numbers_[at(type)].find_or_add(key_of(node, batch), next);
    if (found == next) add(type, node, batch);
    return found;
  }

  int32_t batch_of(int64_t type, int64_t place) const {
    return args_.disjoint ? drawn_.batch[at(type)][at(place)] : 0;
  }

  void draw_hop(int64_t hop, int64_t number, Range frontier) {
    const Relation& relation = args_.relations[number];
    Drawn::Edges& edges = drawn_.edges[at(number)];
    const std::vector<int32_t>& nodes = drawn_.node[at(relation.target)];
    const int64_t count = args_.counts[number * args_.num_hops + hop];
    const uint64_t stream = nth(nth(static_cast<uint64_t>(args_.seed), hop), number);
    if (args_.induced) edges = {};
    const size_t first = edges.row.size();
    for (int64_t place = frontier.begin; place < frontier.end; ++place) {
      const size_t ahead = at(place) + kRowAhead;
      if (ahead < nodes.size()) __builtin_prefetch(relation.rowptr + nodes[ahead]);
      const size_t before = edges.edge.size();
      Range range = open(relation, nodes[at(place)], batch_of(relation.target, place));
      if (args_.last && count >= 0) {
        range.begin = std::max(range.begin, range.end - count);
      }
      picks_.draw(relation.weight, range, count, args_.replace != 0,
                  nth(stream, place), edges.edge);
      edges.col.resize(edges.edge.size(), static_cast<int32_t>(place));
      for (size_t i = before; i < edges.edge.size(); ++i) {
        __builtin_prefetch(relation.col + edges.edge[i]);
      }
    }
    look_up(relation, edges, first);
    args_.edges_per_hop[number * args_.num_hops + hop] =
        static_cast<int64_t>(edges.row.size() - first);
  }

  // The slots of a row that were there at the time of the batch.
  Range open(const Relation& relation, int32_t node, int32_t batch) const {
    const Range row = {relation.rowptr[node], relation.rowptr[node + 1]};
    if (relation.time == nullptr || args_.start_times == nullptr) return row;
    const int64_t* end = std::upper_bound(relation.time + row.begin,
                                          relation.time + row.end,
                                          args_.start_times[batch]);
    return {row.begin, end - relation.time};
  }

  // From `first` on, turns the slots in `edge` into edge ids, and fills `row` with the
  // numbers of their sources.
  void look_up(const Relation& relation, Drawn::Edges& edges, size_t first) {
    const size_t end = edges.edge.size();
    edges.row.resize(end);
    Numbers<Key>& numbers = numbers_[at(relation.source)];
    for (size_t i = first; i < end; ++i) {
      if (i + kSlotAhead < end) {
        const int32_t slot = edges.edge[i + kSlotAhead];
        __builtin_prefetch(relation.col + slot);
        __builtin_prefetch(relation.perm + slot);
      }
      if (i + kNumberAhead < end) {
        const size_t ahead = i + kNumberAhead;
        const int32_t batch = batch_of(relation.target, edges.col[ahead]);
        numbers.fetch(key_of(relation.col[edges.edge[ahead]], batch));
      }
      const int32_t slot = edges.edge[i];
      const int32_t batch = batch_of(relation.target, edges.col[i]);
      edges.row[i] = number_of(relation.source, relation.col[slot], batch);
      edges.edge[i] = relation.perm[slot];
    }
  }

  // Every edge between two drawn nodes, in place of those drawn.
  void induce(int64_t number) {
    const Relation& relation = args_.relations[number];
    const Numbers<Key>& numbers = numbers_[at(relation.source)];
    Drawn::Edges& edges = drawn_.edges[at(number)];
    edges = {};
    for (int64_t place = 0; place < num_drawn(relation.target); ++place) {
      const int32_t node = drawn_.node[at(relation.target)][at(place)];
      const int32_t batch = batch_of(relation.target, place);
      const Range range = open(relation, node, batch);
      for (int64_t slot = range.begin; slot < range.end; ++slot) {
        const int64_t ahead = slot + static_cast<int64_t>(kNumberAhead);
        if (ahead < range.end) numbers.fetch(key_of(relation.col[ahead], batch));
        const int32_t source = numbers.find(key_of(relation.col[slot], batch));
        if (source < 0) continue;
        edges.row.push_back(source);
        edges.col.push_back(static_cast<int32_t>(place));
        edges.edge.push_back(relation.perm[slot]);
      }
    }
  }

  const SampleArgs& args_;
  Drawn& drawn_;
  std::vector<Numbers<Key>> numbers_;
  Picks picks_;
};

int64_t first_bad_start(const SampleArgs& args) {
  for (int64_t type = 0; type < args.num_types; ++type) {
    const int64_t end = args.starts_of[2 * type + 1];
    for (int64_t place = args.starts_of[2 * type]; place < end; ++place) {
      const int64_t node = args.starts[place];
      if (node < 0 || node >= args.num_nodes[type]) return place;
    }
  }
  return -1;
}

void widen(const std::vector<int32_t>& from, int64_t* to) {
  std::copy(from.begin(), from.end(), to);
}

void take(const SampleArgs& args) {
  for (int64_t type = 0; type < args.num_types; ++type) {
    widen(args.drawn->node[at(type)], args.node[type]);
    if (args.disjoint) widen(args.drawn->batch[at(type)], args.batch[type]);
  }
  for (int64_t number = 0; number < args.num_relations; ++number) {
    const Drawn::Edges& edges = args.drawn->edges[at(number)];
    widen(edges.row, args.row[number]);
    widen(edges.col, args.col[number]);
    widen(edges.edge, args.edge[number]);
  }
}

void draw(SampleArgs& args) {
  Drawn& drawn = *args.drawn;
  drawn.node.resize(at(args.num_types));
  drawn.batch.resize(at(args.num_types));
  drawn.edges.resize(at(args.num_relations));
  if (args.disjoint) {
    Drawing<uint64_t>(args, drawn).run();
  } else {
    Drawing<uint32_t>(args, drawn).run();
  }
}

}  // namespace

Status sample(SampleArgs& args) {
  if (args.step == kTake) take(args);
  if (args.step == kDrop) delete args.drawn;
  if (args.step != kDraw) return kDone;
  args.bad_start = first_bad_start(args);
  if (args.bad_start >= 0) return kBadArguments;
  args.drawn = new (std::nothrow) Drawn;
  if (args.drawn == nullptr) return kNoMemory;
  try {
    draw(args);
  } catch (const std::bad_alloc&) {
    delete args.drawn;
    args.drawn = nullptr;
    return kNoMemory;
  }
  return kDone;
}

}  // namespace graphattn

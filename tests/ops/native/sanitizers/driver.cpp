// Runs every op of the native library on buffers of exactly the right size, so that a
// sanitizer sees any step beyond; compares dot attention with plain loops, and every
// result with the same on several threads, bit for bit.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "../../../../graphattn/ops/native/src/args.h"
#include "../../../../graphattn/ops/native/src/compress.h"
#include "../../../../graphattn/ops/native/src/ranges.h"
#include "../../../../graphattn/ops/native/src/paths.h"
#include "../../../../graphattn/ops/native/src/sample.h"

extern "C" int graphattn_choose_isa(const char* isa);
extern "C" int graphattn_attention(const void* packed, int64_t size);
extern "C" int graphattn_compress(void* packed, int64_t size);
extern "C" int graphattn_find_ranges(const void* packed, int64_t size);
extern "C" int graphattn_sample(void* packed, int64_t size);
extern "C" int graphattn_find_paths(const void* packed, int64_t size);

namespace {

using graphattn::Args;
using graphattn::CompressArgs;
using graphattn::RangesArgs;

std::mt19937 generator(13);

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "driver: %s\n", what);
  std::exit(1);
}

// Bytes of one heap block each, so that an overrun leaves the block.
using Bytes = std::vector<std::unique_ptr<char[]>>;

int64_t item_size(int64_t dtype) { return dtype == 0 ? 4 : dtype == 1 ? 8 : 2; }

class Buffers {
 public:
  explicit Buffers(int64_t dtype) : dtype_(dtype) {}

  void* bytes(int64_t size) {
    kept_.push_back(std::make_unique<char[]>(static_cast<size_t>(size)));
    sizes_.push_back(size);
    return kept_.back().get();
  }
  int32_t* ints(int64_t count) { return static_cast<int32_t*>(bytes(count * 4)); }
  void* empty(int64_t count) { return bytes(count * item_size(dtype_)); }
  void* wide(int64_t count, double spread) {
    return filled(count, dtype_ == 1 ? 1 : 0, spread);
  }
  void* random(int64_t count) { return filled(count, dtype_, 1.0); }

  std::vector<char> contents() const {
    std::vector<char> all;
    for (size_t i = 0; i < kept_.size(); ++i) {
      all.insert(all.end(), kept_[i].get(), kept_[i].get() + sizes_[i]);
    }
    return all;
  }

 private:
  void* filled(int64_t count, int64_t dtype, double spread) {
    std::normal_distribution<double> normal(0.0, spread);
    void* made = bytes(count * item_size(dtype));
    for (int64_t i = 0; i < count; ++i) {
      const double value = spread > 0.0 ? normal(generator) : 0.0;
      if (dtype == 0) static_cast<float*>(made)[i] = static_cast<float>(value);
      if (dtype == 1) static_cast<double*>(made)[i] = value;
      if (dtype >= 2) {
        // Bits of a small number in either 16-bit type.
        const uint16_t sign = value < 0 ? 0x8000 : 0;
        const uint16_t base = dtype == 2 ? 0x3800 : 0x3f00;
        static_cast<uint16_t*>(made)[i] =
            static_cast<uint16_t>(sign | (base + (generator() & 0x3f)));
      }
    }
    return made;
  }

  int64_t dtype_;
  Bytes kept_;
  std::vector<int64_t> sizes_;
};

struct Case {
  int64_t score, dtype, heads, width, value_width, edge_width;
  int64_t num_sources, num_targets, num_edges;
  int64_t hub_edges, activation;
  bool options;
};

Args make_graph(const Case& c, Buffers& buffers) {
  Args args = {};
  auto* edges = static_cast<int64_t*>(buffers.bytes(2 * c.num_edges * 8));
  for (int64_t e = 0; e < c.num_edges; ++e) {
    edges[e] = generator() % static_cast<uint32_t>(c.num_sources);
    edges[c.num_edges + e] = generator() % static_cast<uint32_t>(c.num_targets);
    if (e < c.hub_edges) edges[c.num_edges + e] = 1;
  }
  int32_t* rowptr = buffers.ints(c.num_targets + 1);
  int32_t* colptr = buffers.ints(c.num_sources + 1);
  int32_t* col = buffers.ints(c.num_edges);
  int32_t* perm = buffers.ints(c.num_edges);
  int32_t* row = buffers.ints(c.num_edges);
  int32_t* csc_perm = buffers.ints(c.num_edges);
  CompressArgs sort = {8,     3,      c.num_edges, c.num_sources,       c.num_targets,
                       edges, edges + c.num_edges, rowptr, col, perm, colptr, row,
                       csc_perm, 0, 0, 0};
  require(graphattn_compress(&sort, sizeof(sort)) == 0, "compress failed");
  for (int64_t target = 0; target < c.num_targets; ++target) {
    for (int32_t slot = rowptr[target]; slot < rowptr[target + 1]; ++slot) {
      require(edges[c.num_edges + perm[slot]] == target, "an edge is in a wrong row");
      require(edges[perm[slot]] == col[slot], "an edge has a wrong source");
    }
  }
  args.rowptr = rowptr, args.col = col, args.perm = perm;
  args.colptr = colptr, args.row = row, args.csc_perm = csc_perm;
  args.num_targets = c.num_targets, args.num_sources = c.num_sources;
  args.num_edges = c.num_edges;
  return args;
}

void make_inputs(const Case& c, Args& args, Buffers& in) {
  const int64_t width = c.score == graphattn::kGat ? 1 : c.width;
  const int64_t row = c.heads * width;
  args.score = c.score, args.dtype = c.dtype, args.heads = c.heads;
  args.score_width = width, args.value_width = c.value_width;
  args.activation = c.activation, args.scale = 0.5, args.negative_slope = 0.2;
  args.query = in.random(c.num_targets * row), args.query_stride = row;
  args.key = in.random(c.num_sources * row), args.key_stride = row;
  args.value_stride = c.heads * c.value_width;
  args.value = in.random(c.num_sources * args.value_stride);
  if (c.score == graphattn::kAdditive) args.weight = in.random(row);
  if (!c.options) return;
  args.edge_width = c.edge_width;
  args.edge_attr = in.random(c.num_edges * c.edge_width);
  args.edge_bias = in.random(c.num_edges * c.heads);
  args.mask_width = c.heads;
  auto* mask = static_cast<uint8_t*>(in.bytes(c.num_edges * c.heads));
  for (int64_t i = 0; i < c.num_edges * c.heads; ++i) mask[i] = generator() % 4 != 0;
  args.edge_mask = mask;
  auto* seed = static_cast<int64_t*>(in.bytes(8));
  *seed = 0x123456789abcdef;
  args.seed = seed, args.dropout = 0.25;
  args.edge_query_stride = c.heads * c.edge_width;
  if (c.score == graphattn::kDot) {
    args.edge_query = in.random(c.num_targets * args.edge_query_stride);
  } else if (c.score == graphattn::kAdditive) {
    args.edge_key_weight = in.random(c.edge_width * row);
  } else {
    args.edge_score = in.random(c.num_edges * c.heads);
  }
}

void run_both(const Case& c, Args args, int64_t threads, Buffers& out) {
  const int64_t row = c.heads * args.score_width;
  const int64_t targets = c.num_targets * c.heads;
  args.threads = threads;
  args.out = out.empty(targets * c.value_width);
  args.edge_out = out.empty(targets * args.edge_width);
  args.logsumexp = out.wide(targets, 0.0);
  require(graphattn_attention(&args, sizeof(args)) == 0, "forward failed");

  generator.seed(17);
  args.backward = 1;
  args.grad_out = out.random(targets * c.value_width);
  args.grad_edge_out = out.random(targets * args.edge_width);
  args.grad_logsumexp = out.wide(targets, 1.0);
  args.d_query = out.empty(c.num_targets * row);
  args.d_key = out.empty(c.num_sources * row);
  args.d_value = out.empty(c.num_sources * args.value_stride);
  if (args.edge_query) args.d_edge_query = out.empty(targets * args.edge_width);
  if (args.weight) args.d_weight = out.empty(row);
  if (args.edge_key_weight) args.d_edge_key_weight = out.empty(args.edge_width * row);
  if (args.edge_attr) args.d_edge_attr = out.empty(c.num_edges * args.edge_width);
  if (args.edge_bias) args.d_edge_bias = out.empty(c.num_edges * c.heads);
  if (args.edge_score) args.d_edge_score = out.empty(c.num_edges * c.heads);
  require(graphattn_attention(&args, sizeof(args)) == 0, "backward failed");
}

// Dot attention without options, in float, by plain loops.
void check_dot(const Case& c, Args args) {
  Buffers out(c.dtype);
  args.threads = 1;
  auto* got = static_cast<float*>(out.empty(c.num_targets * args.value_stride));
  args.out = got;
  args.edge_out = out.empty(0);
  args.logsumexp = out.wide(c.num_targets * c.heads, 0.0);
  require(graphattn_attention(&args, sizeof(args)) == 0, "forward failed");
  const auto* query = static_cast<const float*>(args.query);
  const auto* key = static_cast<const float*>(args.key);
  const auto* value = static_cast<const float*>(args.value);
  for (int64_t i = 0; i < c.num_targets; ++i) {
    for (int64_t h = 0; h < c.heads; ++h) {
      double total = 0.0;
      std::vector<double> sum(static_cast<size_t>(c.value_width), 0.0);
      for (int32_t slot = args.rowptr[i]; slot < args.rowptr[i + 1]; ++slot) {
        const int64_t j = args.col[slot];
        double score = 0.0;
        for (int64_t k = 0; k < c.width; ++k) {
          score += static_cast<double>(query[i * args.query_stride + h * c.width + k]) *
                   key[j * args.key_stride + h * c.width + k];
        }
        const double weight = std::exp(score * args.scale);
        total += weight;
        for (int64_t k = 0; k < c.value_width; ++k) {
          sum[static_cast<size_t>(k)] +=
              weight * value[j * args.value_stride + h * c.value_width + k];
        }
      }
      for (int64_t k = 0; k < c.value_width; ++k) {
        const double want = total > 0 ? sum[static_cast<size_t>(k)] / total : 0.0;
        const double have = got[i * args.value_stride + h * c.value_width + k];
        require(std::abs(want - have) < 2e-5, "dot differs from plain loops");
      }
    }
  }
}

void check(const Case& c, bool one_thread_only) {
  Buffers in(c.dtype);
  Args args = make_graph(c, in);
  make_inputs(c, args, in);
  if (c.score == graphattn::kDot && c.dtype == 0 && !c.options) check_dot(c, args);
  Buffers alone(c.dtype), together(c.dtype);
  run_both(c, args, 1, alone);
  if (one_thread_only) return;
  run_both(c, args, 4, together);
  require(alone.contents() == together.contents(), "threads change the result");
}

// Full attention within sets of 5 x 3, 0 x 2, 1 x 0 and 6 x 5 queries and keys.
void check_full(bool causal) {
  Case c = {graphattn::kDot, 0, 8, 16, 16, 0, 10, 12, 0, 0, 0, false};
  Buffers in(c.dtype);
  int64_t ptr_query[] = {0, 5, 5, 6, 12}, ptr_key[] = {0, 3, 5, 5, 10};
  int32_t *rowptr = in.ints(13), *first_source = in.ints(12);
  int32_t *colptr = in.ints(11), *first_target = in.ints(10), *count = in.ints(12);
  RangesArgs ranges = {4,      causal,       ptr_query, ptr_key, rowptr, first_source,
                       colptr, first_target, count,     12};
  require(graphattn_find_ranges(&ranges, sizeof(ranges)) == 0, "ranges failed");
  c.num_edges = rowptr[12];
  require(c.num_edges == (causal ? 1 + 2 + 3 * 3 + 1 + 2 + 3 + 4 + 5 * 2 : 45),
          "pairs are miscounted");
  Args args = {};
  args.rowptr = rowptr, args.col = count, args.first_source = first_source;
  args.colptr = colptr, args.row = count, args.first_target = first_target;
  args.num_targets = 12, args.num_sources = 10, args.num_edges = c.num_edges;
  make_inputs(c, args, in);
  auto* seed = static_cast<int64_t*>(in.bytes(8));
  *seed = 0x123456789abcdef;
  args.seed = seed, args.dropout = 0.25;
  Buffers alone(c.dtype), together(c.dtype);
  run_both(c, args, 1, alone);
  run_both(c, args, 4, together);
  require(alone.contents() == together.contents(), "threads change the result");
}

void check_bad_index() {
  int64_t edges[] = {0, 1, 2, 0, 7, 1};
  int32_t out[24];
  CompressArgs sort = {8,       1,       3,       3,        3,        edges,
                       edges + 3, out,   out + 4, out + 8,  out + 12, out + 16,
                       out + 20, 0,      0,       0};
  require(graphattn_compress(&sort, sizeof(sort)) == graphattn::kBadArguments,
          "a bad index passed");
  require(sort.bad_end == 2 && sort.bad_edge == 1 && sort.bad_value == 7,
          "a bad index is misreported");
}

// Two types of nodes, an edge type within one and one from the other; `options` are
// the bits replace, disjoint, induced, last, time, weight.
void check_sample(int64_t count, int options) {
  const auto has = [&](int bit) { return (options >> bit & 1) != 0; };
  const Case within = {0, 0, 1, 1, 1, 0, 11, 11, 97, 61, 0, false};
  const Case across = {0, 0, 1, 1, 1, 0, 5, 11, 23, 7, 0, false};
  Buffers in(0), out(0);
  const Args graphs[] = {make_graph(within, in), make_graph(across, in)};
  graphattn::Relation relations[2];
  for (int64_t r = 0; r < 2; ++r) {
    const Args& graph = graphs[r];
    auto* time = static_cast<int64_t*>(in.bytes(graph.num_edges * 8));
    auto* weight = static_cast<double*>(in.bytes(graph.num_edges * 8));
    for (int64_t slot = 0; slot < graph.num_edges; ++slot) {
      time[slot] = slot;
      weight[slot] = slot % 5;
    }
    relations[r] = {r, 0, graph.rowptr, graph.col, graph.perm,
                    has(4) ? time : nullptr, has(5) ? weight : nullptr};
  }
  const int64_t num_nodes[] = {11, 5}, counts[] = {count, 3, 3, count};
  int64_t starts[] = {10, 3, 3, 0, 4}, times[] = {5, 50, 97, 0, 97};
  const int64_t starts_of[] = {0, 4, 4, 5};
  int64_t nodes_per_hop[6], edges_per_hop[4], num_edges[2];
  graphattn::SampleArgs args = {};
  args.num_types = args.num_relations = args.num_hops = 2, args.seed = -17;
  args.replace = has(0), args.disjoint = has(1) || has(4);
  args.induced = has(2), args.last = has(3);
  args.num_nodes = num_nodes, args.relations = relations, args.counts = counts;
  args.starts = starts, args.starts_of = starts_of, args.start_times = times;
  args.nodes_per_hop = nodes_per_hop, args.edges_per_hop = edges_per_hop;
  args.num_edges = num_edges;
  require(graphattn_sample(&args, sizeof(args)) == 0, "sampling failed");

  int64_t* tables[5][2];
  for (int64_t r = 0; r < 2; ++r) {
    const int64_t* hops = nodes_per_hop + 3 * r;
    const int64_t drawn = hops[0] + hops[1] + hops[2];
    for (int i = 0; i < 5; ++i) {
      const int64_t size = i == 1 && !args.disjoint ? 0 : i < 2 ? drawn : num_edges[r];
      tables[i][r] = static_cast<int64_t*>(out.bytes(size * 8));
    }
  }
  args.node = tables[0], args.batch = tables[1];
  args.row = tables[2], args.col = tables[3], args.edge = tables[4];
  args.step = graphattn::kTake;
  require(graphattn_sample(&args, sizeof(args)) == 0, "taking a sample failed");
  args.step = graphattn::kDrop;
  require(graphattn_sample(&args, sizeof(args)) == 0, "dropping a sample failed");
  for (int64_t r = 0; r < 2; ++r) {
    for (int64_t i = 0; i < num_edges[r]; ++i) {
      const int64_t target = tables[0][0][tables[3][r][i]], edge = tables[4][r][i];
      const int32_t* rowptr = graphs[r].rowptr;
      bool found = false;
      for (int32_t slot = rowptr[target]; slot < rowptr[target + 1]; ++slot) {
        found |= graphs[r].perm[slot] == edge &&
                 graphs[r].col[slot] == tables[0][r][tables[2][r][i]];
      }
      require(found, "an edge was drawn that is none");
    }
  }
  starts[4] = 5, args.step = graphattn::kDraw;
  require(graphattn_sample(&args, sizeof(args)) == graphattn::kBadArguments &&
              args.bad_start == 4,
          "a bad start passed");
}

// Every pair of nodes, with or without the edges of its path.
void check_paths(int64_t most, bool edges) {
  Buffers in(0), out(0);
  const Args graph = make_graph({0, 0, 1, 1, 1, 0, 61, 61, 97, 7, 0, false}, in);
  const int64_t pairs = 61 * 61, width = most;
  auto* source = static_cast<int32_t*>(in.bytes(pairs * 4));
  auto* target = static_cast<int32_t*>(in.bytes(pairs * 4));
  for (int64_t pair = 0; pair < pairs; ++pair) {
    source[pair] = static_cast<int32_t>(pair / 61);
    target[pair] = static_cast<int32_t>(pair % 61);
  }
  auto* distance = static_cast<int32_t*>(out.bytes(pairs * 4));
  auto* ids = edges ? static_cast<int32_t*>(out.bytes(pairs * width * 4)) : nullptr;
  const graphattn::PathsArgs args = {
      61,         pairs, most,   width,  3,        graph.colptr,
      graph.row, graph.csc_perm, source, target, distance, ids};
  require(graphattn_find_paths(&args, sizeof(args)) == 0, "finding paths failed");
  for (int64_t pair = 0; pair < pairs; ++pair) {
    require(distance[pair] >= -1 && distance[pair] <= most, "a path is too long");
    require((distance[pair] == 0) == (source[pair] == target[pair]),
            "a node is not where it is");
  }
}

}  // namespace

int main() {
  check_bad_index();
  for (const int64_t most : {0, 1, 3, 60}) {
    check_paths(most, false);
    check_paths(most, true);
  }
  for (const int64_t count : {-1, 0, 2, 49}) {
    for (int options = 0; options < 64; ++options) check_sample(count, options);
  }
  int ran = 0;
  for (const char* isa : {"avx512", "avx2", "baseline"}) {
    if (graphattn_choose_isa(isa) == 0) continue;
    check_full(false);
    check_full(true);
    for (int64_t score = 0; score < 3; ++score) {
      for (int64_t dtype = 0; dtype < 4; ++dtype) {
        for (const bool options : {false, true}) {
          check({score, dtype, 8, 16, 16, 3, 13, 11, 97, 0, 0, options}, true);
          check({score, dtype, 3, 5, 7, 2, 13, 11, 97, 0, 1, options}, true);
          check({score, dtype, 1, 33, 1, 1, 2, 3, 5, 0, 0, options}, true);
        }
      }
      // A hub, and enough work to be worth several threads.
      check({score, 0, 8, 16, 16, 2, 301, 211, 9001, 4999, 0, true}, false);
      check({score, 0, 4, 8, 8, 2, 4001, 5003, 20011, 0, 0, false}, false);
    }
    std::printf("driver: %s passed\n", isa);
    ++ran;
  }
  require(ran > 0, "no instruction set ran");
  return 0;
}

// Two steps, so that no write is far from the last one: edges are first dealt into
// buckets of neighbouring rows (in edge order, so the sort is stable), then each bucket
// is counted and sorted within the cache. A small graph is a single bucket, and then
// the first step is left out. Every index is checked in the first read, before any is
// used.
#include "compress.h"

#include <cstdlib>
#include <cstring>

#include "threads.h"

namespace graphattn {

namespace {

constexpr int64_t kEdgesPerBucket = 8192;
constexpr int64_t kMaxBuckets = 2048;
// Edges a thread deals at a time.
constexpr int64_t kChunkEdges = 1 << 16;

struct Dealt {
  int32_t row, other, edge;
};

// One side of the graph: rows are what is sorted by.
template <class Index>
struct Side {
  const Index *row_of, *other_of;
  int64_t num_rows;
  int32_t *pointers, *other, *edge;
};

template <class Index>
class Sorter {
 public:
  Sorter(const Side<Index>& side, int64_t num_edges, int64_t threads)
      : side_(side), num_edges_(num_edges) {
    int64_t wanted = num_edges / kEdgesPerBucket;
    wanted = wanted < kMaxBuckets ? wanted : kMaxBuckets;
    while ((side.num_rows >> shift_) > wanted && (side.num_rows >> shift_) > 0) ++shift_;
    num_buckets_ = (side.num_rows >> shift_) + 1;
    num_chunks_ = num_buckets_ > 1 ? (num_edges + kChunkEdges - 1) / kChunkEdges : 1;
    threads_ = useful_threads(threads, num_chunks_, num_edges * 16);
  }
  ~Sorter() {
    std::free(dealt_);
    std::free(counts_);
  }
  Sorter(const Sorter&) = delete;
  Sorter& operator=(const Sorter&) = delete;

  // The first edge whose row is none, or -1.
  int64_t first_bad() const {
    for (int64_t edge = 0; edge < num_edges_; ++edge) {
      if (outside(side_.row_of[edge])) return edge;
    }
    return -1;
  }

  // Counts edges per bucket; false where an index is out of range.
  Status count(bool* in_range) {
    const size_t cells = static_cast<size_t>(num_chunks_ * (num_buckets_ + 1));
    counts_ = static_cast<int64_t*>(std::calloc(cells, sizeof(int64_t)));
    if (counts_ == nullptr) return kNoMemory;
    run(num_chunks_, &Sorter::count_chunk);
    int64_t bad = 0;
    for (int64_t chunk = 0; chunk < num_chunks_; ++chunk) {
      bad += counts_of(chunk)[num_buckets_];
    }
    *in_range = bad == 0;
    return kDone;
  }

  Status sort() {
    if (num_buckets_ == 1) {
      sort_directly();
      return kDone;
    }
    const size_t edges = static_cast<size_t>(num_edges_ + 1);
    dealt_ = static_cast<Dealt*>(std::malloc(edges * sizeof(Dealt)));
    if (dealt_ == nullptr) return kNoMemory;
    int64_t before = 0;
    for (int64_t bucket = 0; bucket < num_buckets_; ++bucket) {
      for (int64_t chunk = 0; chunk < num_chunks_; ++chunk) {
        const int64_t here = counts_of(chunk)[bucket];
        counts_of(chunk)[bucket] = before;
        before += here;
      }
    }
    run(num_chunks_, &Sorter::deal_chunk);
    run(num_buckets_, &Sorter::sort_bucket);
    side_.pointers[side_.num_rows] = static_cast<int32_t>(num_edges_);
    return kDone;
  }

 private:
  using Step = void (Sorter::*)(int64_t);

  void run(int64_t count, Step step) {
    struct Context {
      Sorter* self;
      Step step;
    } context = {this, step};
    run_tasks(
        threads_, count,
        [](void* data, int64_t task, int) {
          Context& call = *static_cast<Context*>(data);
          (call.self->*call.step)(task);
        },
        &context);
  }

  bool outside(Index row) const {
    return static_cast<uint64_t>(static_cast<int64_t>(row)) >=
           static_cast<uint64_t>(side_.num_rows);
  }
  int64_t* counts_of(int64_t chunk) { return counts_ + chunk * (num_buckets_ + 1); }
  int64_t chunk_begin(int64_t chunk) const {
    return num_chunks_ == 1 ? 0 : chunk * kChunkEdges;
  }
  int64_t chunk_end(int64_t chunk) const {
    const int64_t end = (chunk + 1) * kChunkEdges;
    return num_chunks_ == 1 || end > num_edges_ ? num_edges_ : end;
  }

  void count_chunk(int64_t chunk) {
    int64_t* counts = counts_of(chunk);
    const int64_t end = chunk_end(chunk);
    for (int64_t edge = chunk_begin(chunk); edge < end; ++edge) {
      const Index row = side_.row_of[edge];
      ++counts[outside(row) ? num_buckets_ : static_cast<int64_t>(row) >> shift_];
    }
  }

  void deal_chunk(int64_t chunk) {
    int64_t* next = counts_of(chunk);
    const int64_t end = chunk_end(chunk);
    for (int64_t edge = chunk_begin(chunk); edge < end; ++edge) {
      const int32_t row = static_cast<int32_t>(side_.row_of[edge]);
      dealt_[next[row >> shift_]++] = {row, static_cast<int32_t>(side_.other_of[edge]),
                                       static_cast<int32_t>(edge)};
    }
  }

  // After dealing, the last chunk's cursors are the buckets' ends.
  void sort_bucket(int64_t bucket) {
    const int64_t* ends = counts_of(num_chunks_ - 1);
    const int64_t begin = bucket == 0 ? 0 : ends[bucket - 1], end = ends[bucket];
    const int64_t first_row = bucket << shift_;
    const int64_t last_row = first_row + (int64_t{1} << shift_);
    const int64_t stop_row = last_row < side_.num_rows ? last_row : side_.num_rows;
    int32_t* pointers = side_.pointers;
    for (int64_t row = first_row; row < stop_row; ++row) pointers[row] = 0;
    for (int64_t i = begin; i < end; ++i) ++pointers[dealt_[i].row];
    int32_t before = static_cast<int32_t>(begin);
    for (int64_t row = first_row; row < stop_row; ++row) {
      const int32_t here = pointers[row];
      pointers[row] = before;
      before += here;
    }
    for (int64_t i = begin; i < end; ++i) {
      const int32_t slot = pointers[dealt_[i].row]++;
      side_.other[slot] = dealt_[i].other;
      side_.edge[slot] = dealt_[i].edge;
    }
    // Each pointer now stands at its row's end, which is where the next one begins.
    for (int64_t row = stop_row - 1; row > first_row; --row) {
      pointers[row] = pointers[row - 1];
    }
    if (first_row < stop_row) pointers[first_row] = static_cast<int32_t>(begin);
  }

  void sort_directly() {
    int32_t* pointers = side_.pointers;
    std::memset(pointers, 0, static_cast<size_t>(side_.num_rows + 1) * sizeof(int32_t));
    for (int64_t edge = 0; edge < num_edges_; ++edge) ++pointers[side_.row_of[edge]];
    int32_t before = 0;
    for (int64_t row = 0; row <= side_.num_rows; ++row) {
      const int32_t here = pointers[row];
      pointers[row] = before;
      before += here;
    }
    for (int64_t edge = 0; edge < num_edges_; ++edge) {
      const int32_t slot = pointers[side_.row_of[edge]]++;
      side_.other[slot] = static_cast<int32_t>(side_.other_of[edge]);
      side_.edge[slot] = static_cast<int32_t>(edge);
    }
    for (int64_t row = side_.num_rows; row > 0; --row) pointers[row] = pointers[row - 1];
    pointers[0] = 0;
  }

  Side<Index> side_;
  int64_t num_edges_, num_buckets_ = 1, num_chunks_ = 1, threads_ = 1;
  int shift_ = 0;
  int64_t* counts_ = nullptr;
  Dealt* dealt_ = nullptr;
};

template <class Index>
Status compress_as(CompressArgs& args) {
  const Index* source = static_cast<const Index*>(args.source);
  const Index* target = static_cast<const Index*>(args.target);
  const Side<Index> by_target = {target,      source,   args.num_targets,
                                 args.rowptr, args.col, args.perm};
  const Side<Index> by_source = {source,      target,   args.num_sources,
                                 args.colptr, args.row, args.csc_perm};
  Sorter<Index> sources(by_source, args.num_edges, args.threads);
  Sorter<Index> targets(by_target, args.num_edges, args.threads);
  Sorter<Index>* ends[] = {&sources, &targets};
  for (int end = 0; end < 2; ++end) {
    bool in_range = true;
    const Status status = ends[end]->count(&in_range);
    if (status != kDone) return status;
    if (in_range) continue;
    args.bad_end = end + 1;
    args.bad_edge = ends[end]->first_bad();
    args.bad_value = (end == 0 ? source : target)[args.bad_edge];
    return kBadArguments;
  }
  const Status status = sources.sort();
  return status == kDone ? targets.sort() : status;
}

}  // namespace

Status compress(CompressArgs& args) {
  return args.index_bytes == 4 ? compress_as<int32_t>(args) : compress_as<int64_t>(args);
}

}  // namespace graphattn

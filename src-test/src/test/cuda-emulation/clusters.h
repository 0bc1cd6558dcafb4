/*
 * What cluster.h has as instructions, as the PTX manual defines them. The blocks of a cluster run at the same time, so that
 * nobody knows what another block has done since the last barrier of the cluster. A launch fails where a block reads another
 * one's memory before the first barrier, or what is not as it was when its owner arrived at the last one; where an owner
 * changes what was read since then; where a block may have ended before it was read.
 */
#pragma once

namespace emulation {

/* What a block has read of another one since the last barrier of the cluster. */
struct Read {
  unsigned block;
  size_t at, bytes;
};

static std::vector<Read> reads;
static std::vector<char> published[CLUSTER]; /* each block's memory when all its threads had arrived at the last barrier */
static std::vector<char> arriving[CLUSTER];  /* at the next one */
static unsigned arrived[CLUSTER];            /* threads of each block that have arrived there */
static bool begun;                           /* all blocks have passed a barrier, and so have begun */

static void begin_cluster() {
  reads.clear();
  begun = false;
  for (unsigned& count : arrived) {
    count = 0;
  }
}

static bool is_as_published(const Read& read) {
  return std::memcmp(dynamic_memory[read.block].data() + read.at, published[read.block].data() + read.at, read.bytes) == 0;
}

/* All threads wait. */
static void pass_cluster_barrier() {
  for (const Read& read : reads) {
    if (!is_as_published(read)) {
      complain("a block changes what another one reads, without a barrier of the cluster between");
    }
  }
  reads.clear();
  begun = true;
  for (unsigned b = 0; b < CLUSTER; ++b) {
    published[b].swap(arriving[b]);
    arrived[b] = 0;
  }
  for (Thread& thread : threads) {
    thread.arrived = false;
  }
}

static void end_cluster() {
  if (!reads.empty()) {
    complain("a block may end before another one has read its memory");
  }
}

static void read_other(void* to, const void* own, int rank, size_t bytes) {
  const auto& mine = dynamic_memory[current / thread_count];
  size_t at = static_cast<const char*>(own) - mine.data();
  if (rank < 0 || rank >= int(CLUSTER) || at + bytes > mine.size() || at % bytes != 0) {
    complain("an address outside of the cluster's memory, or not aligned");
    return;
  }
  Read read{unsigned(rank), at, bytes};
  if (read.block != current / thread_count) {
    if (!begun) {
      complain("a block reads another one's memory before all have begun");
    } else if (threads[current].arrived) {
      complain("a block reads another one's memory between its arrival at a barrier and the wait");
    } else if (!is_as_published(read)) {
      complain("a block reads what another one has written behind the last barrier of the cluster");
    }
    reads.push_back(read);
  }
  std::memcpy(to, dynamic_memory[rank].data() + at, bytes);
}

} /* namespace emulation */

static inline void cluster_arrive() {
  using namespace emulation;
  if (threads[current].arrived) {
    complain("a thread arrives twice at a barrier of the cluster");
  }
  threads[current].arrived = true;
  unsigned mine = current / thread_count;
  if (++arrived[mine] == thread_count) {
    arriving[mine].assign(dynamic_memory[mine].begin(), dynamic_memory[mine].end());
  }
}

static inline void cluster_wait() {
  if (!emulation::threads[emulation::current].arrived) {
    emulation::complain("a thread waits at a barrier of the cluster without having arrived");
  }
  emulation::yield(emulation::AT_CLUSTER_BARRIER);
}

static inline float cluster_float(const float* own, int rank) {
  float value = __int_as_float(-1);
  emulation::read_other(&value, own, rank, sizeof value);
  return value;
}

static inline float4 cluster_four(const void* own, int rank) {
  float4 four{};
  emulation::read_other(&four, own, rank, sizeof four);
  return four;
}

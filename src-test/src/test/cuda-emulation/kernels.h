/*
 * Runs CUDA kernels on the processor: g++ compiles this header, one kernel text behind it, and a table of its kernels.
 * A block's threads are coroutines, one block, or one cluster of them, runs after the other. A barrier that only a part of
 * the threads reaches is an error, as are shared memory and asynchronous copies used before they are complete, which real
 * devices forgive or not as they like.
 */
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <utility>
#include <vector>

#include <immintrin.h>

#define EMULATION
#define __global__
#define __device__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __cluster_dims__(...)
#if defined(CLUSTER_BLOCKS)
#define __shared__ static_assert(false, "blocks of a cluster have dynamic memory alone");
#else
#define __shared__ static
#endif
#define __align__(n) __attribute__((aligned(n)))

namespace emulation {

struct Index {
  unsigned x, y, z;
};

struct Launch {
  Index grid;
  unsigned threads;
  size_t dynamic_bytes;
};

struct Kernel {
  const char* name;
  void (*call)(void** arguments);
  int arguments;
  const int* sizes;
};

enum State { READY, AT_BLOCK_BARRIER, AT_WARP_BARRIER, AT_CLUSTER_BARRIER, DONE };

struct Copy {
  void* to;
  const void* from;
  int bytes;
  int zeros;
};

struct Thread {
  void* stack_pointer;
  char* stack;
  State state;
  bool arrived; /* at a barrier of the cluster, for which it may not wait yet */
  std::vector<std::vector<Copy>> copies; /* groups of asynchronous copies; the last one is open */
};

/* Memory at a multiple of what any swizzle asks for. */
template <class T>
struct Aligned {
  typedef T value_type;
  T* allocate(size_t count) { return static_cast<T*>(std::aligned_alloc(1024, (count * sizeof(T) + 1023) / 1024 * 1024)); }
  void deallocate(T* at, size_t) { std::free(at); }
  bool operator==(const Aligned&) const { return true; }
  bool operator!=(const Aligned&) const { return false; }
};

constexpr size_t STACK_BYTES = 64 << 10;
constexpr int WARP = 32;
#if defined(CLUSTER_BLOCKS)
constexpr unsigned CLUSTER = CLUSTER_BLOCKS;
#else
constexpr unsigned CLUSTER = 1;
#endif

static std::vector<Thread> threads; /* of all blocks of a cluster */
static unsigned thread_count;       /* of a block */
static unsigned current;
static void* scheduler_pointer;
static void (*body)(void**);
static void** body_arguments;
static Index block, block_count; /* the cluster's first block */
static std::vector<char, Aligned<char>> dynamic_memory[CLUSTER];
/* what the lanes of each warp show each other */
static unsigned char exchange[CLUSTER * 1024 / WARP][WARP][64];
static const char* problem; /* what is wrong with the launch, 0 for nothing */

static void complain(const char* what) {
  if (problem == nullptr) {
    problem = what;
  }
}

/* Shared memory of the thread's block. */
static char* memory_here() { return dynamic_memory[current / thread_count].data(); }

extern "C" void emulation_switch(void** save, void* load);
asm(R"(
.text
.p2align 4
.type emulation_switch, @function
emulation_switch:
  push %rbp
  push %rbx
  push %r12
  push %r13
  push %r14
  push %r15
  mov %rsp, (%rdi)
  mov %rsi, %rsp
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbx
  pop %rbp
  ret
)");

static void yield(State state) {
  threads[current].state = state;
  emulation_switch(&threads[current].stack_pointer, scheduler_pointer);
}

static void enter_thread() {
  body(body_arguments);
  yield(DONE);
  std::abort();
}

static void prepare(Thread& thread) {
  if (thread.stack == nullptr) {
    thread.stack = static_cast<char*>(std::malloc(STACK_BYTES));
  }
  uintptr_t top = (reinterpret_cast<uintptr_t>(thread.stack) + STACK_BYTES) & ~uintptr_t(15);
  void** sp = reinterpret_cast<void**>(top);
  *--sp = nullptr; /* alignment of a called function */
  *--sp = reinterpret_cast<void*>(&enter_thread);
  for (int i = 0; i < 6; ++i) {
    *--sp = nullptr;
  }
  thread.stack_pointer = sp;
  thread.state = READY;
  thread.arrived = false;
  thread.copies.assign(1, {});
}

static void prepare_products(); /* warpgroups.h */
#if defined(CLUSTER_BLOCKS)
static void begin_cluster(); /* clusters.h */
static void pass_cluster_barrier();
static void end_cluster();
#else
static void begin_cluster() {}
static void pass_cluster_barrier() {}
static void end_cluster() {}
#endif

static bool all(unsigned from, unsigned to, State state) {
  for (unsigned i = from; i < to; ++i) {
    if (threads[i].state != state) {
      return false;
    }
  }
  return true;
}

static void release(unsigned from, unsigned to) {
  for (unsigned i = from; i < to; ++i) {
    threads[i].state = READY;
  }
}

static void run_warp(unsigned from, unsigned to) {
  do {
    for (unsigned i = from; i < to; ++i) {
      if (threads[i].state == READY) {
        current = i;
        emulation_switch(&scheduler_pointer, threads[i].stack_pointer);
      }
    }
    if (!all(from, to, AT_WARP_BARRIER)) {
      return;
    }
    release(from, to);
  } while (true);
}

/* Runs the block with these threads to its end or to a barrier of the cluster. */
static void run_block(unsigned first, unsigned end) {
  while (true) {
    for (unsigned from = first; from < end; from += WARP) {
      run_warp(from, from + WARP < end ? from + WARP : end);
    }
    if (all(first, end, DONE) || all(first, end, AT_CLUSTER_BARRIER)) {
      return;
    }
    if (!all(first, end, AT_BLOCK_BARRIER)) {
      complain("a part of the threads does not reach a barrier");
      return;
    }
    release(first, end);
  }
}

static void run_cluster() {
  unsigned count = CLUSTER * thread_count;
  for (unsigned i = 0; i < count; ++i) {
    prepare(threads[i]);
  }
  prepare_products();
  begin_cluster();
  while (true) {
    for (unsigned from = 0; from < count; from += thread_count) {
      run_block(from, from + thread_count);
    }
    if (problem != nullptr || all(0, count, DONE)) {
      end_cluster();
      return;
    }
    if (!all(0, count, AT_CLUSTER_BARRIER)) {
      complain("a part of the threads does not reach a barrier of the cluster");
      return;
    }
    pass_cluster_barrier();
    release(0, count);
  }
}

/* Gives 0, or what is wrong. */
static const char* run(const Kernel& kernel, void** arguments, const Launch& launch) {
  if (launch.grid.x % CLUSTER != 0 || CLUSTER > 1 && launch.threads % WARP != 0) {
    return "no whole clusters, or warps of two blocks";
  }
  problem = nullptr;
  body = kernel.call;
  body_arguments = arguments;
  thread_count = launch.threads;
  if (threads.size() < CLUSTER * thread_count) {
    threads.resize(CLUSTER * thread_count);
  }
  block_count = launch.grid;
  for (block.z = 0; block.z < launch.grid.z; ++block.z) {
    for (block.y = 0; block.y < launch.grid.y; ++block.y) {
      for (block.x = 0; block.x < launch.grid.x && problem == nullptr; block.x += CLUSTER) {
        for (auto& memory : dynamic_memory) {
          memory.assign(launch.dynamic_bytes + 128, char(0xff));
        }
        run_cluster();
      }
    }
  }
  return problem;
}

template <class... A>
struct Call {
  template <void (*F)(A...)>
  struct Of {
    static constexpr int count = sizeof...(A);
    static constexpr int sizes[sizeof...(A)] = {sizeof(A)...};
    template <size_t... I>
    static void with(void** arguments, std::index_sequence<I...>) {
      F(*static_cast<A*>(arguments[I])...);
    }
    static void call(void** arguments) { with(arguments, std::index_sequence_for<A...>{}); }
  };
};

template <class... A>
Call<A...> call_of(void (*)(A...));

/* Shows a value to the other lanes; show(x); then seen<T>(lane); then warp_barrier() before the next show. */
template <class T>
void show(const T& value) {
  static_assert(sizeof(T) <= 64, "too large");
  std::memcpy(exchange[current / WARP][current % WARP], &value, sizeof(T));
  yield(AT_WARP_BARRIER);
}

template <class T>
T seen(int lane) {
  T value;
  std::memcpy(&value, exchange[current / WARP][lane], sizeof(T));
  return value;
}

inline void warp_barrier() { yield(AT_WARP_BARRIER); }

} /* namespace emulation */

#define EMULATED_KERNEL(f)                                                                        \
  {                                                                                               \
    #f, decltype(emulation::call_of(&f))::Of<&f>::call, decltype(emulation::call_of(&f))::Of<&f>::count, \
        decltype(emulation::call_of(&f))::Of<&f>::sizes                                           \
  }

#define threadIdx (emulation::Index{emulation::current % emulation::thread_count, 0, 0})
#define blockIdx \
  (emulation::Index{emulation::block.x + emulation::current / emulation::thread_count, emulation::block.y, emulation::block.z})
#define gridDim (emulation::block_count)
#define blockDim (emulation::Index{emulation::thread_count, 1, 1})

static inline void __syncthreads() { emulation::yield(emulation::AT_BLOCK_BARRIER); }
static inline void __syncwarp(unsigned = ~0u) { emulation::warp_barrier(); }

template <class T>
static inline T __shfl_xor_sync(unsigned, T value, int mask) {
  emulation::show(value);
  T other = emulation::seen<T>((emulation::current % emulation::WARP) ^ mask);
  emulation::warp_barrier();
  return other;
}

static inline float __int_as_float(int bits) {
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}

static inline float __uint_as_float(unsigned bits) { return __int_as_float(int(bits)); }

static inline unsigned __float_as_uint(float value) {
  unsigned bits;
  std::memcpy(&bits, &value, 4);
  return bits;
}

struct float2 {
  float x, y;
};

struct float4 {
  float x, y, z, w;
};

#include "warpgroups.h"
#if defined(CLUSTER_BLOCKS)
#include "clusters.h"
#endif

/* What tensor_core.h has as instructions. */

/* aligned no better than a device must */
#define DYNAMIC_MEMORY(name) \
  unsigned char* name = reinterpret_cast<unsigned char*>(emulation::memory_here()) + 128

static inline void copy_async(void* to, const void* from, int bytes) {
  if (reinterpret_cast<uintptr_t>(to) % 16 != 0 || reinterpret_cast<uintptr_t>(from) % 16 != 0) {
    std::fprintf(stderr, "emulation: an asynchronous copy is not aligned\n");
    std::abort();
  }
  emulation::Copy copy{to, from, bytes, 16 - bytes};
  emulation::require_free(copy);
  emulation::threads[emulation::current].copies.back().push_back(copy);
}

static inline void copy_commit() { emulation::threads[emulation::current].copies.emplace_back(); }

template <int groups>
static inline void copy_wait() {
  auto& copies = emulation::threads[emulation::current].copies;
  while (copies.size() > groups + 1) { /* the last one is open */
    for (const emulation::Copy& copy : copies.front()) {
      std::memcpy(copy.to, copy.from, copy.bytes);
      std::memset(static_cast<char*>(copy.to) + copy.bytes, 0, copy.zeros);
      emulation::mine().hidden.push_back(copy);
    }
    copies.erase(copies.begin());
  }
}

static inline void require_aligned(const void* row) {
  if (reinterpret_cast<uintptr_t>(row) % 16 != 0) {
    std::fprintf(stderr, "emulation: a matrix row is not aligned\n");
    std::abort();
  }
}

static inline unsigned matrix_part(const unsigned char* row) {
  unsigned two;
  std::memcpy(&two, row + emulation::current % 4 * 4, 4);
  return two;
}

static inline void load_matrices(unsigned& m0, unsigned& m1, unsigned& m2, unsigned& m3, const void* row) {
  require_aligned(row);
  emulation::show(row);
  unsigned* parts[] = {&m0, &m1, &m2, &m3};
  for (int i = 0; i < 4; ++i) {
    int lane = i * 8 + emulation::current % emulation::WARP / 4;
    *parts[i] = matrix_part(static_cast<const unsigned char*>(emulation::seen<const void*>(lane)));
  }
  emulation::warp_barrier();
}

static inline void load_matrices_transposed(
    unsigned& m0, unsigned& m1, unsigned& m2, unsigned& m3, const void* row) {
  require_aligned(row);
  emulation::show(row);
  unsigned* parts[] = {&m0, &m1, &m2, &m3};
  int column = emulation::current % emulation::WARP / 4;
  for (int i = 0; i < 4; ++i) {
    unsigned short two[2];
    for (int e = 0; e < 2; ++e) {
      int lane = i * 8 + emulation::current % 4 * 2 + e;
      two[e] = static_cast<const unsigned short*>(emulation::seen<const void*>(lane))[column];
    }
    *parts[i] = two[0] | unsigned(two[1]) << 16;
  }
  emulation::warp_barrier();
}

#if defined(FACTOR_BF16)
static inline unsigned short to_factor(float value) {
  unsigned bits = __float_as_uint(value);
  return value != value ? 0x7fff : (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}
static inline float of_factor(unsigned short factor) { return __uint_as_float(unsigned(factor) << 16); }
#else
static inline unsigned short to_factor(float value) { return _cvtss_sh(value, 0); }
static inline float of_factor(unsigned short factor) { return _cvtsh_ss(factor); }
#endif

static float emulation::factor_of(unsigned bits) { return ::of_factor(bits); }
static float emulation::factor_at(unsigned at) {
  unsigned short factor;
  std::memcpy(&factor, memory_here() + at, sizeof factor);
  return ::of_factor(factor);
}

static inline unsigned pack(float low, float high) { return to_factor(low) | unsigned(to_factor(high)) << 16; }

struct Fragments {
  unsigned a[4], b[2];
};

static inline void multiply_add(float (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
  Fragments mine;
  std::memcpy(mine.a, a, sizeof a);
  std::memcpy(mine.b, b, sizeof b);
  emulation::show(mine);
  int g = emulation::current % 32 / 4, t = emulation::current % 4;
  for (int e = 0; e < 4; ++e) {
    int row = g + e / 2 * 8, column = 2 * t + e % 2;
    float sum = c[e];
    for (int k = 0; k < 16; ++k) {
      unsigned x = emulation::seen<Fragments>(row % 8 * 4 + k % 8 / 2).a[row / 8 + k / 8 * 2];
      unsigned y = emulation::seen<Fragments>(column * 4 + k % 8 / 2).b[k / 8];
      sum += of_factor(x >> k % 2 * 16) * of_factor(y >> k % 2 * 16);
    }
    c[e] = sum;
  }
  emulation::warp_barrier();
}

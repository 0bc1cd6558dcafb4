/*
 * What the parts of the emulated driver share: the driver's objects, all of them, and what is wrong with the device.
 */
#pragma once
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

typedef int CUresult;
typedef uint64_t CUdeviceptr;

enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  INVALID_CONTEXT = 201,
  INVALID_IMAGE = 200,
  NO_BINARY_FOR_GPU = 209,
  INVALID_PTX = 218,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  ILLEGAL_ADDRESS = 700,
  LAUNCH_FAILED = 719,
  CAPTURE_UNSUPPORTED = 900,
};

struct Index {
  unsigned x, y, z;
};

struct Shape {
  Index grid;
  unsigned threads;
  size_t dynamic_bytes;
};

struct Kernel {
  const char* name;
  void (*call)(void**);
  int arguments;
  const int* sizes;
};

typedef const Kernel* (*Table)(int*);
typedef const char* (*Run)(const Kernel*, void**, const Shape*);

struct Module {
  void* library;
};

struct Function {
  const Kernel* kernel;
  Run run;
  int dynamic_limit = 48 << 10;
};

struct Graph {
  std::vector<std::function<void()>> work;
};

struct Stream {
  std::deque<std::function<void()>> work;
  std::unique_ptr<Graph> capture;
  bool spoilt = false;
};

struct Event {
  Stream* stream = nullptr;
};

inline std::recursive_mutex lock;
inline int context_object;
inline thread_local void* context;
inline int sticky;
inline int next_launch; /* what the next launch is made to fail with */
inline int next_capture;
inline int capability = 80;
inline int driver_version = 12020;
inline int cubins_refused, ptx_refused; /* with this code, while it is not 0 */
inline long cubins_tried, cubins_loaded, last_cubin, ptx_loaded;
inline int processors = 4;
inline std::map<uint64_t, std::pair<char*, size_t>> memory; /* by address: the mapping, bytes */
inline std::map<uint64_t, std::pair<char*, size_t>> pinned;
inline std::vector<Stream*> streams;
inline long allocated, objects;
inline long launches, graph_launches, copied; /* bytes to the device */
constexpr long TOTAL = 2L << 30;

/* Shared memory that a block may have. */
inline int shared_limit() { return capability == 90 ? 227 << 10 : 99 << 10; }

#define ENTER                                            \
  std::lock_guard<std::recursive_mutex> guard(lock);     \
  if (context == nullptr) return INVALID_CONTEXT;        \
  if (sticky != 0) return sticky;

inline bool is_live(CUdeviceptr at, size_t bytes) {
  auto next = memory.upper_bound(at);
  if (next == memory.begin()) {
    return false;
  }
  --next;
  return at + bytes <= next->first + next->second.second;
}

inline bool is_pinned(const void* at, size_t bytes) {
  auto next = pinned.upper_bound(reinterpret_cast<uint64_t>(at));
  if (next == pinned.begin()) {
    return false;
  }
  --next;
  return reinterpret_cast<uint64_t>(at) + bytes <= next->first + next->second.second;
}

inline void drain(Stream* stream) {
  while (!stream->work.empty()) {
    auto work = std::move(stream->work.front());
    stream->work.pop_front();
    if (sticky == 0) {
      work();
    }
  }
}

inline void drain_all() {
  for (Stream* stream : streams) {
    drain(stream);
  }
}

inline bool is_capturing_here() {
  for (Stream* stream : streams) {
    if (stream->capture != nullptr) {
      return true;
    }
  }
  return false;
}

inline CUresult enqueue(Stream* stream, std::function<void()> work) {
  if (stream->capture != nullptr) {
    stream->capture->work.push_back(std::move(work));
  } else {
    stream->work.push_back(std::move(work));
  }
  return SUCCESS;
}

/*
 * A libcuda.so.1 without a GPU: the part of the driver API that the CUDA back end calls, over kernels that g++ has
 * compiled (kernels.h). It is stricter than a driver: work runs only when somebody waits for it, so that a missing wait
 * shows; every pointer must be live; a thread needs a current context. The kernels' libraries lie beside this one, each
 * named after the digest in its PTX's first line.
 */
#include <dlfcn.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

typedef int CUresult;
typedef uint64_t CUdeviceptr;

enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  INVALID_CONTEXT = 201,
  INVALID_IMAGE = 200,
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

static std::recursive_mutex lock;
static int context_object;
static thread_local void* context;
static int sticky;
static int next_launch; /* what the next launch is made to fail with */
static int next_capture;
static std::map<uint64_t, std::pair<std::unique_ptr<char[]>, size_t>> memory;
static std::map<uint64_t, std::pair<char*, size_t>> pinned;
static std::vector<Stream*> streams;
static long allocated, objects;
static long launches, graph_launches;
static const long TOTAL = 2L << 30;

#define ENTER                                            \
  std::lock_guard<std::recursive_mutex> guard(lock);     \
  if (context == nullptr) return INVALID_CONTEXT;        \
  if (sticky != 0) return sticky;

static bool is_live(CUdeviceptr at, size_t bytes) {
  auto next = memory.upper_bound(at);
  if (next == memory.begin()) {
    return false;
  }
  --next;
  return at + bytes <= next->first + next->second.second;
}

static bool is_pinned(const void* at, size_t bytes) {
  auto next = pinned.upper_bound(reinterpret_cast<uint64_t>(at));
  if (next == pinned.begin()) {
    return false;
  }
  --next;
  return reinterpret_cast<uint64_t>(at) + bytes <= next->first + next->second.second;
}

static void drain(Stream* stream) {
  while (!stream->work.empty()) {
    auto work = std::move(stream->work.front());
    stream->work.pop_front();
    if (sticky == 0) {
      work();
    }
  }
}

static void drain_all() {
  for (Stream* stream : streams) {
    drain(stream);
  }
}

extern "C" {

CUresult cuInit(unsigned) { return std::getenv("EMULATION_NO_DEVICE") != nullptr ? 100 : SUCCESS; }

CUresult cuDriverGetVersion(int* version) {
  const char* set = std::getenv("EMULATION_VERSION");
  *version = set != nullptr ? std::atoi(set) : 12020;
  return SUCCESS;
}

CUresult cuDeviceGetCount(int* count) {
  *count = 1;
  return SUCCESS;
}

CUresult cuDeviceGet(int* device, int ordinal) {
  *device = ordinal;
  return ordinal == 0 ? SUCCESS : 101;
}

CUresult cuDeviceGetName(char* name, int length, int) {
  std::snprintf(name, length, "emulated on the processor");
  return SUCCESS;
}

CUresult cuDeviceTotalMem_v2(size_t* bytes, int) {
  *bytes = TOTAL;
  return SUCCESS;
}

CUresult cuDeviceGetAttribute(int* value, int which, int) {
  switch (which) {
    case 1: *value = 1024; break;   /* threads per block */
    case 16: *value = 4; break;     /* multiprocessors */
    case 75: *value = 8; break;     /* capability */
    case 76: *value = 0; break;
    case 97: *value = 99 << 10; break; /* shared memory per block, opted in */
    default: return INVALID_VALUE;
  }
  return SUCCESS;
}

CUresult cuDevicePrimaryCtxRetain(void** made, int) {
  *made = &context_object;
  return SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease_v2(int) { return SUCCESS; }

CUresult cuCtxSetCurrent(void* wanted) {
  context = wanted;
  return SUCCESS;
}

CUresult cuCtxGetCurrent(void** found) {
  *found = context;
  return SUCCESS;
}

/* The emulation's own controls: 1000 fails the next launch, 1001 the next capture, 1002 heals the device. */
CUresult cuCtxSetLimit(int limit, size_t value) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  switch (limit) {
    case 1000: next_launch = static_cast<int>(value); return SUCCESS;
    case 1001: next_capture = static_cast<int>(value); return SUCCESS;
    case 1002: sticky = 0; return SUCCESS;
    default: return INVALID_VALUE;
  }
}

/* 1000 live objects, 1001 bytes of live memory, 1002 launches, 1003 launches of graphs. */
CUresult cuCtxGetLimit(size_t* value, int limit) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  switch (limit) {
    case 1000: *value = objects; return SUCCESS;
    case 1001: *value = allocated; return SUCCESS;
    case 1002: *value = launches; return SUCCESS;
    case 1003: *value = graph_launches; return SUCCESS;
    default: return INVALID_VALUE;
  }
}

static bool is_capturing_here() {
  for (Stream* stream : streams) {
    if (stream->capture != nullptr) {
      return true;
    }
  }
  return false;
}

CUresult cuMemAlloc_v2(CUdeviceptr* at, size_t bytes) {
  ENTER
  if (is_capturing_here()) return CAPTURE_UNSUPPORTED;
  if (bytes == 0) return INVALID_VALUE;
  if (allocated + static_cast<long>(bytes) > TOTAL) return OUT_OF_MEMORY;
  char* made = new char[bytes + 256];
  std::memset(made, 0xff, bytes + 256); /* not a number */
  *at = (reinterpret_cast<uint64_t>(made) + 255) & ~uint64_t(255);
  memory[*at] = {std::unique_ptr<char[]>(made), bytes};
  allocated += bytes;
  ++objects;
  return SUCCESS;
}

CUresult cuMemFree_v2(CUdeviceptr at) {
  ENTER
  auto found = memory.find(at);
  if (found == memory.end()) return INVALID_VALUE;
  drain_all();
  allocated -= found->second.second;
  --objects;
  memory.erase(found);
  return SUCCESS;
}

CUresult cuMemGetInfo_v2(size_t* free, size_t* total) {
  ENTER
  *free = TOTAL - allocated;
  *total = TOTAL;
  return SUCCESS;
}

CUresult cuMemHostAlloc(void** at, size_t bytes, unsigned) {
  ENTER
  char* made = static_cast<char*>(std::aligned_alloc(4096, (bytes + 4095) / 4096 * 4096));
  pinned[reinterpret_cast<uint64_t>(made)] = {made, bytes};
  *at = made;
  ++objects;
  return SUCCESS;
}

CUresult cuMemFreeHost(void* at) {
  ENTER
  auto found = pinned.find(reinterpret_cast<uint64_t>(at));
  if (found == pinned.end()) return INVALID_VALUE;
  drain_all();
  std::free(found->second.first);
  pinned.erase(found);
  --objects;
  return SUCCESS;
}

static CUresult enqueue(Stream* stream, std::function<void()> work) {
  if (stream->capture != nullptr) {
    stream->capture->work.push_back(std::move(work));
  } else {
    stream->work.push_back(std::move(work));
  }
  return SUCCESS;
}

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes, Stream* stream) {
  ENTER
  if (!is_live(to, bytes)) return INVALID_VALUE;
  if (stream->capture != nullptr || !is_pinned(from, bytes)) return CAPTURE_UNSUPPORTED;
  return enqueue(stream, [=] { std::memcpy(reinterpret_cast<void*>(to), from, bytes); });
}

CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, Stream* stream) {
  ENTER
  if (!is_live(from, bytes)) return INVALID_VALUE;
  if (stream->capture != nullptr || !is_pinned(to, bytes)) return CAPTURE_UNSUPPORTED;
  return enqueue(stream, [=] { std::memcpy(to, reinterpret_cast<void*>(from), bytes); });
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t bytes, Stream* stream) {
  ENTER
  if (!is_live(to, bytes)) return INVALID_VALUE;
  return enqueue(stream, [=] { std::memset(reinterpret_cast<void*>(to), value, bytes); });
}

struct Copy2D {
  size_t srcX, srcY;
  int srcType;
  const void* srcHost;
  CUdeviceptr srcDevice;
  void* srcArray;
  size_t srcPitch;
  size_t dstX, dstY;
  int dstType;
  void* dstHost;
  CUdeviceptr dstDevice;
  void* dstArray;
  size_t dstPitch;
  size_t width, height;
};

CUresult cuMemcpy2DAsync_v2(const Copy2D* copy, Stream* stream) {
  ENTER
  Copy2D c = *copy;
  bool up = c.srcType == 1 && c.dstType == 2;
  if (!up && !(c.srcType == 2 && c.dstType == 1)) return INVALID_VALUE;
  if (c.srcX + c.srcY + c.dstX + c.dstY != 0 || c.width > c.srcPitch || c.width > c.dstPitch) return INVALID_VALUE;
  const char* from = up ? static_cast<const char*>(c.srcHost) : reinterpret_cast<const char*>(c.srcDevice);
  char* to = up ? reinterpret_cast<char*>(c.dstDevice) : static_cast<char*>(c.dstHost);
  size_t reach = (c.height - 1) * (up ? c.dstPitch : c.srcPitch) + c.width;
  if (!is_live(up ? c.dstDevice : c.srcDevice, reach)) return INVALID_VALUE;
  if (!is_pinned(up ? from : to, (c.height - 1) * (up ? c.srcPitch : c.dstPitch) + c.width)) return CAPTURE_UNSUPPORTED;
  return enqueue(stream, [=] {
    for (size_t r = 0; r < c.height; ++r) {
      std::memcpy(to + r * c.dstPitch, from + r * c.srcPitch, c.width);
    }
  });
}

CUresult cuModuleLoadData(Module** made, const void* image) {
  ENTER
  static const char HEADER[] = "// SHA-256 of the source: ";
  const char* ptx = static_cast<const char*>(image);
  if (std::strncmp(ptx, HEADER, sizeof HEADER - 1) != 0) return INVALID_PTX;
  std::string digest(ptx + sizeof HEADER - 1, 64);
  Dl_info self;
  dladdr(reinterpret_cast<void*>(&cuInit), &self);
  std::string path(self.dli_fname);
  path = path.substr(0, path.rfind('/') + 1) + digest + ".so";
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return INVALID_IMAGE;
  *made = new Module{library};
  ++objects;
  return SUCCESS;
}

CUresult cuModuleUnload(Module* module) {
  ENTER
  drain_all();
  dlclose(module->library);
  delete module;
  --objects;
  return SUCCESS;
}

CUresult cuModuleGetFunction(Function** made, Module* module, const char* name) {
  ENTER
  auto table = reinterpret_cast<Table>(dlsym(module->library, "emulated_kernels"));
  int count = 0;
  const Kernel* kernels = table(&count);
  for (int i = 0; i < count; ++i) {
    if (std::strcmp(kernels[i].name, name) == 0) {
      /* belongs to the module, as a driver's does; a few bytes stay */
      *made = new Function{&kernels[i], reinterpret_cast<Run>(dlsym(module->library, "emulated_run"))};
      return SUCCESS;
    }
  }
  return NOT_FOUND;
}

CUresult cuFuncSetAttribute(Function* function, int attribute, int value) {
  ENTER
  if (attribute != 8 || value > 99 << 10) return INVALID_VALUE;
  function->dynamic_limit = value;
  return SUCCESS;
}

CUresult cuStreamCreate(Stream** made, unsigned) {
  ENTER
  *made = new Stream();
  streams.push_back(*made);
  ++objects;
  return SUCCESS;
}

CUresult cuStreamDestroy_v2(Stream* stream) {
  ENTER
  drain(stream);
  for (size_t i = 0; i < streams.size(); ++i) {
    if (streams[i] == stream) {
      streams.erase(streams.begin() + i);
      break;
    }
  }
  delete stream;
  --objects;
  return SUCCESS;
}

CUresult cuStreamSynchronize(Stream* stream) {
  ENTER
  if (stream->capture != nullptr) return CAPTURE_UNSUPPORTED;
  drain(stream);
  return sticky;
}

CUresult cuStreamBeginCapture_v2(Stream* stream, int) {
  ENTER
  if (stream->capture != nullptr) return CAPTURE_UNSUPPORTED;
  stream->capture.reset(new Graph());
  return SUCCESS;
}

CUresult cuStreamEndCapture(Stream* stream, Graph** made) {
  ENTER
  if (stream->capture == nullptr) return CAPTURE_UNSUPPORTED;
  Graph* graph = stream->capture.release();
  if (next_capture != 0) {
    int code = next_capture;
    next_capture = 0;
    delete graph;
    return code;
  }
  *made = graph;
  ++objects;
  return SUCCESS;
}

CUresult cuGraphInstantiateWithFlags(Graph** made, Graph* from, unsigned long long) {
  ENTER
  *made = new Graph(*from);
  ++objects;
  return SUCCESS;
}

CUresult cuGraphDestroy(Graph* graph) {
  ENTER
  delete graph;
  --objects;
  return SUCCESS;
}

CUresult cuGraphExecDestroy(Graph* graph) {
  ENTER
  delete graph;
  --objects;
  return SUCCESS;
}

CUresult cuGraphLaunch(Graph* graph, Stream* stream) {
  ENTER
  ++graph_launches;
  for (auto& work : graph->work) {
    enqueue(stream, work);
  }
  return SUCCESS;
}

CUresult cuLaunchKernel(Function* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                        unsigned dynamic_bytes, Stream* stream, void** parameters, void**) {
  ENTER
  if (next_launch != 0) {
    int code = next_launch;
    next_launch = 0;
    sticky = code >= 700 ? code : 0;
    return code;
  }
  if (gx == 0 || gy == 0 || gz == 0 || gy > 65535 || gz > 65535 || bx == 0 || bx > 1024 || by != 1 || bz != 1 ||
      static_cast<int>(dynamic_bytes) > function->dynamic_limit) {
    return INVALID_VALUE;
  }
  const Kernel* kernel = function->kernel;
  auto values = std::make_shared<std::vector<uint64_t>>(kernel->arguments);
  for (int i = 0; i < kernel->arguments; ++i) {
    std::memcpy(&(*values)[i], parameters[i], kernel->sizes[i]);
  }
  Shape shape{{gx, gy, gz}, bx, dynamic_bytes};
  ++launches;
  return enqueue(stream, [=] {
    std::vector<void*> arguments;
    for (int i = 0; i < kernel->arguments; ++i) {
      uint64_t& value = (*values)[i];
      if (kernel->sizes[i] == 8 && value != 0 && !is_live(value, 1)) {
        std::fprintf(stderr, "emulation: %s gets a dead pointer as argument %d\n", kernel->name, i);
        sticky = ILLEGAL_ADDRESS;
        return;
      }
      arguments.push_back(&value);
    }
    const char* wrong = function->run(kernel, arguments.data(), &shape);
    if (wrong != nullptr) {
      std::fprintf(stderr, "emulation: %s: %s\n", kernel->name, wrong);
      sticky = LAUNCH_FAILED;
    }
  });
}

CUresult cuEventCreate(Event** made, unsigned) {
  ENTER
  *made = new Event();
  ++objects;
  return SUCCESS;
}

CUresult cuEventDestroy_v2(Event* event) {
  ENTER
  delete event;
  --objects;
  return SUCCESS;
}

CUresult cuEventRecord(Event* event, Stream* stream) {
  ENTER
  event->stream = stream;
  return SUCCESS;
}

CUresult cuEventSynchronize(Event* event) {
  ENTER
  drain(event->stream);
  return sticky;
}

CUresult cuEventElapsedTime(float* milliseconds, Event*, Event*) {
  ENTER
  *milliseconds = 1;
  return SUCCESS;
}

} /* extern "C" */

/*
 * A libcuda.so.1 without a GPU: the part of the driver API that the CUDA back end calls, over kernels that g++ has
 * compiled (kernels.h). It is stricter than a driver: work runs only when somebody waits for it, so that a missing wait
 * shows; every pointer must be live; a thread needs a current context. The kernels' libraries lie beside this one
 * (modules.cpp).
 */
#include <cstdio>
#include <cstdlib>

#include "driver.h"

extern "C" {

CUresult cuInit(unsigned) { return std::getenv("EMULATION_NO_DEVICE") != nullptr ? 100 : SUCCESS; }

CUresult cuDriverGetVersion(int* version) {
  const char* set = std::getenv("EMULATION_VERSION");
  *version = set != nullptr ? std::atoi(set) : driver_version;
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
    case 16: *value = processors; break;
    case 75: *value = capability / 10; break;
    case 76: *value = capability % 10; break;
    case 97: *value = shared_limit(); break; /* per block, opted in */
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

/* The emulation's own controls: 1000 fails the next launch, 1001 the next capture, 1002 heals the device, 1003 is what
   compute capability it has, 1004 fails every cubin and 1005 every PTX until it is 0, 1006 is the driver's version,
   1007 how many multiprocessors. */
CUresult cuCtxSetLimit(int limit, size_t value) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  switch (limit) {
    case 1000: next_launch = static_cast<int>(value); return SUCCESS;
    case 1001: next_capture = static_cast<int>(value); return SUCCESS;
    case 1002: sticky = 0; return SUCCESS;
    case 1003: capability = static_cast<int>(value); return SUCCESS;
    case 1004: cubins_refused = static_cast<int>(value); return SUCCESS;
    case 1005: ptx_refused = static_cast<int>(value); return SUCCESS;
    case 1006: driver_version = static_cast<int>(value); return SUCCESS;
    case 1007: processors = static_cast<int>(value); return SUCCESS;
    default: return INVALID_VALUE;
  }
}

/* 1000 live objects, 1001 bytes of live memory, 1002 launches, 1003 launches of graphs, 1004 bytes copied to it; 1005
   cubins that it was given, 1006 those that it took, 1007 the compute capability of the last one, 1008 PTX that it took. */
CUresult cuCtxGetLimit(size_t* value, int limit) {
  std::lock_guard<std::recursive_mutex> guard(lock);
  switch (limit) {
    case 1000: *value = objects; return SUCCESS;
    case 1001: *value = allocated; return SUCCESS;
    case 1002: *value = launches; return SUCCESS;
    case 1003: *value = graph_launches; return SUCCESS;
    case 1004: *value = copied; return SUCCESS;
    case 1005: *value = cubins_tried; return SUCCESS;
    case 1006: *value = cubins_loaded; return SUCCESS;
    case 1007: *value = last_cubin; return SUCCESS;
    case 1008: *value = ptx_loaded; return SUCCESS;
    default: return INVALID_VALUE;
  }
}

CUresult cuFuncSetAttribute(Function* function, int attribute, int value) {
  ENTER
  if (attribute != 8 || value > shared_limit()) return INVALID_VALUE;
  function->dynamic_limit = value;
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

} /* extern "C" */

/* Memory of the emulated device, pinned memory and copies. */
#include <sys/mman.h>

#include <cstdlib>

#include "driver.h"

/* What a kernel reads or writes behind its memory ends the process: it lies in front of a page that nobody may touch. */
static constexpr size_t PAGE = 4096;

static size_t mapped(size_t bytes) { return (bytes + PAGE - 1) / PAGE * PAGE + PAGE; }

extern "C" {

CUresult cuMemAlloc_v2(CUdeviceptr* at, size_t bytes) {
  ENTER
  if (is_capturing_here()) return CAPTURE_UNSUPPORTED;
  if (bytes == 0) return INVALID_VALUE;
  if (allocated + static_cast<long>(bytes) > TOTAL) return OUT_OF_MEMORY;
  char* made = static_cast<char*>(
      mmap(nullptr, mapped(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (made == MAP_FAILED) return OUT_OF_MEMORY;
  char* guard_page = made + mapped(bytes) - PAGE;
  mprotect(guard_page, PAGE, PROT_NONE);
  std::memset(made, 0xff, guard_page - made); /* not a number */
  *at = reinterpret_cast<uint64_t>(guard_page) - (bytes + 255) / 256 * 256;
  memory[*at] = {made, bytes};
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
  munmap(found->second.first, mapped(found->second.second));
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

CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes, Stream* stream) {
  ENTER
  if (!is_live(to, bytes)) return INVALID_VALUE;
  if (stream->capture != nullptr || !is_pinned(from, bytes)) return CAPTURE_UNSUPPORTED;
  copied += bytes;
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
  copied += up ? c.width * c.height : 0;
  return enqueue(stream, [=] {
    for (size_t r = 0; r < c.height; ++r) {
      std::memcpy(to + r * c.dstPitch, from + r * c.srcPitch, c.width);
    }
  });
}

} /* extern "C" */

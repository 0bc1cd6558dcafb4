package org.qieemo.kernels.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUDA_MEMCPY2D;
import jcuda.driver.CUmemorytype;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.qieemo.kernels.device.Memory;
import org.qieemo.kernels.device.Region;

/**
 * Copies between the heap and the device through pinned memory, the only one that the device can
 * read while the host goes on. One thread at a time.
 */
final class Staging {
  private static final long LEAST = 1 << 20;

  private final CudaDevice device;
  private final CUstream stream;
  private Pointer pinned; // null until the first copy
  private ByteBuffer bytes;
  private long capacity;
  private long used; // by copies that may still run

  Staging(CudaDevice device, CUstream stream) {
    this.device = device;
    this.stream = stream;
  }

  /** Copies the remaining bytes to the start of a memory and waits for it. */
  void upload(ByteBuffer from, Memory to) {
    write(from, to);
    await();
    used = 0;
  }

  /** Queues a copy of the remaining bytes to the start of a memory. */
  void write(ByteBuffer from, Memory to) {
    CudaMemory.Address address = CudaMemory.of(to);
    long done = 0;
    while (from.hasRemaining()) {
      int size = (int) Math.min(from.remaining(), LEAST);
      reserve(size);
      bytes.slice((int) used, size).put(from.slice().limit(size));
      from.position(from.position() + size);
      Pointer host = pinned.withByteOffset(used);
      int code = JCudaDriver.cuMemcpyHtoDAsync(address.plus(done), host, size, stream);
      device.check(code, "copy to the device");
      used += size;
      done += size;
    }
  }

  /** Queues a copy to the device; the values may change once this returns. */
  void write(float[] from, int offset, Region to) {
    long size = (long) to.elements() * Float.BYTES;
    reserve(size);
    bytes
        .slice((int) used, (int) size)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer()
        .put(from, offset, to.elements());
    copy(to, true);
    used += size;
  }

  /** Copies from the device and waits for it, and for everything before it. */
  void read(Region from, float[] to, int offset) {
    long size = (long) from.elements() * Float.BYTES;
    reserve(size);
    copy(from, false);
    await();
    bytes
        .slice((int) used, (int) size)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer()
        .get(to, offset, from.elements());
    used = 0;
  }

  private void copy(Region region, boolean toDevice) {
    Pointer host = pinned.withByteOffset(used);
    long offset = (long) region.offset() * Float.BYTES;
    CudaMemory.Address at = CudaMemory.of(region.memory()).plus(offset);
    long size = (long) region.elements() * Float.BYTES;
    int code;
    if (!region.dense()) {
      code = JCudaDriver.cuMemcpy2DAsync(rectangle(region, host, at, toDevice), stream);
    } else if (toDevice) {
      code = JCudaDriver.cuMemcpyHtoDAsync(at, host, size, stream);
    } else {
      code = JCudaDriver.cuMemcpyDtoHAsync(host, at, size, stream);
    }
    device.check(code, toDevice ? "copy to the device" : "copy from the device");
  }

  private static CUDA_MEMCPY2D rectangle(
      Region region, Pointer host, CudaMemory.Address at, boolean toDevice) {
    CUDA_MEMCPY2D copy = new CUDA_MEMCPY2D();
    copy.WidthInBytes = (long) region.cols() * Float.BYTES;
    copy.Height = region.rows();
    long pitch = (long) region.stride() * Float.BYTES;
    copy.srcMemoryType =
        toDevice ? CUmemorytype.CU_MEMORYTYPE_HOST : CUmemorytype.CU_MEMORYTYPE_DEVICE;
    copy.dstMemoryType =
        toDevice ? CUmemorytype.CU_MEMORYTYPE_DEVICE : CUmemorytype.CU_MEMORYTYPE_HOST;
    if (toDevice) {
      copy.srcHost = host;
      copy.srcPitch = copy.WidthInBytes;
      copy.dstDevice = at;
      copy.dstPitch = pitch;
    } else {
      copy.srcDevice = at;
      copy.srcPitch = pitch;
      copy.dstHost = host;
      copy.dstPitch = copy.WidthInBytes;
    }
    return copy;
  }

  /** Waits for everything in the queue. */
  private void await() {
    device.check(JCudaDriver.cuStreamSynchronize(stream), "run its kernels");
  }

  private void reserve(long size) {
    if (pinned != null && used + size <= capacity) {
      return;
    }
    await();
    used = 0;
    if (pinned == null || size > capacity) {
      free();
      Pointer larger = new Pointer();
      long rounded = Math.max(LEAST, Long.highestOneBit(Math.max(size - 1, 1)) << 1);
      rounded = Math.max(size, Math.min(rounded, Integer.MAX_VALUE - 8));
      device.check(JCudaDriver.cuMemHostAlloc(larger, rounded, 0), "reserve pinned memory");
      pinned = larger;
      bytes = larger.getByteBuffer(0, rounded);
      capacity = rounded;
    }
  }

  void free() {
    if (pinned != null) {
      JCudaDriver.cuMemFreeHost(pinned);
      pinned = null;
      capacity = 0;
    }
  }
}

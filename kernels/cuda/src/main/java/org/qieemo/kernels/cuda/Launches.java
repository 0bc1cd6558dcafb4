package org.qieemo.kernels.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * Launches that wait for the driver, in native memory as the driver wants their parameters: an
 * array of addresses, then the values. To give the driver a prepared array costs a fraction of what
 * JCuda takes to copy arguments from the heap.
 *
 * <p>Since kernels, sizes and addresses are all there is in the memory, two equal memories are the
 * same work, and a graph of the one does the other. One thread at a time.
 */
final class Launches {
  private static final int CAPACITY = 1 << 17; // longs
  private static final int HEADER = 7; // kernel, grid x, y, z, work-items, dynamic bytes, arguments

  private final CudaDevice device;
  private final Host host = new Host();
  private final LongBuffer words; // [CAPACITY], native
  private final long base; // address of words
  private final List<CUfunction> functions = new ArrayList<>(); // by the kernel's number
  private final List<CudaMemory> held = new ArrayList<>();
  private int count;

  /** Pinned host memory that shows its address. */
  private static final class Host extends Pointer {
    Host() {}

    long value() {
      return getNativePointer();
    }
  }

  /** A parameter array of the driver. */
  private static final class Parameters extends Pointer {
    Parameters(long address) {
      super(address);
    }
  }

  Launches(CudaDevice device) {
    this.device = device;
    long bytes = (long) CAPACITY * Long.BYTES;
    device.check(JCudaDriver.cuMemHostAlloc(host, bytes, 0), "reserve pinned memory");
    ByteBuffer buffer = host.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
    words = buffer.asLongBuffer();
    base = host.value();
  }

  /** A number for a kernel. */
  int number(CUfunction function) {
    functions.add(function);
    return functions.size() - 1;
  }

  /** How many wait. */
  int count() {
    return count;
  }

  boolean fits(Launch launch) {
    return words.remaining() >= HEADER + 2 * launch.arguments();
  }

  /** Appends a launch, and holds its memory. */
  void add(Launch launch) {
    int n = launch.arguments();
    launch.header(words, n);
    long values = base + (long) (words.position() + n) * Long.BYTES;
    for (int i = 0; i < n; i++) {
      words.put(values + (long) i * Long.BYTES);
    }
    launch.values(words);
    launch.hold(held);
    count++;
  }

  /** Gives all to the driver; they still wait here until {@link #clear()}. */
  void submit(CUstream stream) {
    int at = 0;
    while (at < words.position()) {
      CUfunction function = functions.get((int) words.get(at));
      int arguments = (int) words.get(at + 6);
      int code =
          JCudaDriver.cuLaunchKernel(
              function,
              (int) words.get(at + 1),
              (int) words.get(at + 2),
              (int) words.get(at + 3),
              (int) words.get(at + 4),
              1,
              1,
              (int) words.get(at + 5),
              stream,
              new Parameters(base + (long) (at + HEADER) * Long.BYTES),
              null);
      device.check(code, "run a kernel");
      at += HEADER + 2 * arguments;
    }
  }

  /** All of it, as it is now. */
  LongBuffer content() {
    return words.duplicate().flip();
  }

  /** Forgets the launches, which are with the driver or not wanted any more. */
  void clear() {
    words.clear();
    count = 0;
    held.forEach(CudaMemory::release);
    held.clear();
  }

  void free() {
    clear();
    device.enterToFree();
    JCudaDriver.cuMemFreeHost(host);
  }
}

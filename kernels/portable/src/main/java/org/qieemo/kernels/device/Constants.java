package org.qieemo.kernels.device;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.qieemo.kernels.BackendException;

/**
 * Copies of host arrays that never change, made once for all executions: projected position rows,
 * above all. A copy is freed when its array is gone. Thread-safe.
 */
final class Constants implements AutoCloseable {
  /** What all copies take together at most; what is more is copied whenever it is used. */
  static final long MOST_BYTES = 64 << 20;

  private final Device device;
  private final Queue queue; // guarded by itself
  private final List<Copy> copies = new ArrayList<>(); // guarded by this
  private final ReferenceQueue<float[]> gone = new ReferenceQueue<>();
  private long bytes; // guarded by this

  /**
   * An array and its copy, which lives as long as somebody holds this.
   *
   * @param values the array
   * @param memory its copy
   */
  record Constant(float[] values, Memory memory) {}

  private static final class Copy extends WeakReference<float[]> {
    private final Memory memory;

    Copy(float[] values, ReferenceQueue<float[]> gone, Memory memory) {
      super(values, gone);
      this.memory = memory;
    }
  }

  /** Copies through {@code queue}, which it synchronizes on. */
  Constants(Device device, Queue queue) {
    this.device = device;
    this.queue = queue;
  }

  /**
   * The copy of an array, made if there is none; null if there is no room for it.
   *
   * @throws BackendException if the device fails
   */
  synchronized Constant of(float[] values) {
    for (Copy copy : copies) {
      if (copy.refersTo(values)) {
        return new Constant(values, copy.memory);
      }
    }
    freeThoseGone();
    long size = (long) values.length * Float.BYTES;
    if (size == 0 || size > Integer.MAX_VALUE || bytes + size > MOST_BYTES) {
      return null;
    }
    Memory memory = upload(values);
    copies.add(new Copy(values, gone, memory));
    bytes += memory.bytes();
    return new Constant(values, memory);
  }

  private Memory upload(float[] values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
    buffer.asFloatBuffer().put(values);
    Memory memory = device.allocate(buffer.capacity());
    try {
      synchronized (queue) {
        queue.upload(buffer, memory);
      }
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
    return memory;
  }

  private void freeThoseGone() {
    Reference<? extends float[]> reference = gone.poll();
    while (reference != null) {
      Copy copy = (Copy) reference;
      copies.remove(copy);
      bytes -= copy.memory.bytes();
      copy.memory.close();
      reference = gone.poll();
    }
  }

  @Override
  public synchronized void close() {
    copies.forEach(copy -> copy.memory.close());
    copies.clear();
    bytes = 0;
  }
}

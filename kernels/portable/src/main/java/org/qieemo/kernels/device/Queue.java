package org.qieemo.kernels.device;

import java.nio.ByteBuffer;
import org.qieemo.kernels.BackendException;

/**
 * Commands that a device runs in their order. One thread at a time. Every method throws {@link
 * BackendException} if the device fails.
 */
public interface Queue extends AutoCloseable {
  /** Copies the remaining bytes of {@code from} to the start of {@code to}; waits for it. */
  void upload(ByteBuffer from, Memory to);

  /** Queues a copy of the remaining bytes, which may change once this returns, to the start. */
  void write(ByteBuffer from, Memory to);

  /** Copies host values, row-major without gaps, from {@code from[offset]} on; waits for it. */
  void write(float[] from, int offset, Region to);

  /** Copies to host values, row-major without gaps, from {@code to[offset]} on; waits for it. */
  void read(Region from, float[] to, int offset);

  /** The kernel of that name, without arguments yet. */
  Kernel kernel(Program program, String name);

  /** Waits for what runs, then frees the queue and its kernels; closing twice is allowed. */
  @Override
  void close();
}

package org.qieemo.kernels.device;

/**
 * A piece of device memory. Closing frees it once no queued command needs it; closing twice is
 * allowed.
 */
public interface Memory extends AutoCloseable {
  /** Size in bytes. */
  long bytes();

  @Override
  void close();
}

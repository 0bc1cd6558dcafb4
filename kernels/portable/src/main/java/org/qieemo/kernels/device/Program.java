package org.qieemo.kernels.device;

/** Compiled kernels of one text. Immutable, shared by queues; closing twice is allowed. */
public interface Program extends AutoCloseable {
  @Override
  void close();
}

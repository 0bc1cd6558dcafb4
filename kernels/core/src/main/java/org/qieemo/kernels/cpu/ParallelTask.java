package org.qieemo.kernels.cpu;

/**
 * Work that falls into independent items. The fields of an implementation are set before the region
 * starts and only read while it runs; no two items write the same memory.
 */
interface ParallelTask {
  /** Does item {@code item} with the buffers of the thread that runs it. */
  void run(int item, ThreadScratch scratch);
}

package org.qieemo.kernels.device;

import java.util.List;
import org.qieemo.kernels.BackendException;

/**
 * An opened accelerator. Thread-safe; whoever gets an object from it closes that object before the
 * device.
 */
public interface Device extends AutoCloseable {
  /** Short name of the kind of back end: {@code opencl}, {@code cuda}. */
  String backend();

  /** One sentence for people: which hardware, driven by what. */
  String description();

  /** What people should know of it before they rely on it, one line each; mostly empty. */
  default List<String> warnings() {
    return List.of();
  }

  /** What its work-groups and buffers may be. */
  Limits limits();

  /**
   * Reserves memory, contents undefined.
   *
   * @param bytes at least 1
   * @throws BackendException if there is not so much, or not in one piece
   */
  Memory allocate(long bytes);

  /**
   * Compiles kernels, or finds them compiled.
   *
   * @throws BackendException if the driver refuses them
   */
  Program build(KernelText text);

  /** Opens a queue of commands that run in their order. */
  Queue newQueue();

  /**
   * Opens a queue that waits for every launch and measures it.
   *
   * @param timings gets each launch's time, in the thread that launches
   */
  Queue newQueue(Timings timings);

  @Override
  void close();
}

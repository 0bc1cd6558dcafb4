package org.qieemo.kernels;

import java.util.Objects;

/**
 * What a caller asks of a back end.
 *
 * @param threads CPU threads per execution; 0: as many as the processors that the JVM may use
 * @param device which of several devices of one kind, by index or part of its name; empty: the best
 */
public record BackendOptions(int threads, String device) {
  /** Everything chosen automatically. */
  public static final BackendOptions DEFAULT = new BackendOptions(0);

  /** The best device. */
  public BackendOptions(int threads) {
    this(threads, "");
  }

  /** Checks the number of threads. */
  public BackendOptions {
    Objects.requireNonNull(device, "device");
    if (threads < 0 || threads > 1024) {
      throw new IllegalArgumentException("threads must be 0 to 1024, found " + threads);
    }
  }
}

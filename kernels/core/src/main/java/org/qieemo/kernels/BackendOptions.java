package org.qieemo.kernels;

import java.util.Objects;

/**
 * What a caller asks of a back end.
 *
 * @param threads CPU threads per execution; 0: as many as the processors that the JVM may use
 * @param device which of several devices of one kind, by index or part of its name; empty: the best
 * @param expectedWork about how many multiply-adds will be asked for before the back end is closed,
 *     so that a process that hears one short file does not warm up what only a long one needs;
 *     {@link #UNKNOWN} for a service
 * @param precision of the factors of matrix products; a back end refuses what it does not have
 */
public record BackendOptions(int threads, String device, long expectedWork, Precision precision) {
  /** Work without a known end. */
  public static final long UNKNOWN = Long.MAX_VALUE;

  /** Everything chosen automatically. */
  public static final BackendOptions DEFAULT = new BackendOptions(0);

  /** The best device, for a service, float32. */
  public BackendOptions(int threads) {
    this(threads, "", UNKNOWN);
  }

  /** Float32. */
  public BackendOptions(int threads, String device, long expectedWork) {
    this(threads, device, expectedWork, Precision.F32);
  }

  /** Checks the numbers. */
  public BackendOptions {
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(precision, "precision");
    if (threads < 0 || threads > 1024) {
      throw new IllegalArgumentException("threads must be 0 to 1024, found " + threads);
    }
    if (expectedWork < 0) {
      throw new IllegalArgumentException("expected work must be 0 or more, found " + expectedWork);
    }
  }

  /** The same in another precision. */
  public BackendOptions withPrecision(Precision other) {
    return new BackendOptions(threads, device, expectedWork, other);
  }
}

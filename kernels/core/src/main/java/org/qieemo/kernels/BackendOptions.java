package org.qieemo.kernels;

/**
 * What a caller asks of a back end.
 *
 * @param threads CPU threads per execution; 0: as many as the processors that the JVM may use
 */
public record BackendOptions(int threads) {
  /** Everything chosen automatically. */
  public static final BackendOptions DEFAULT = new BackendOptions(0);

  /** Checks the number of threads. */
  public BackendOptions {
    if (threads < 0 || threads > 1024) {
      throw new IllegalArgumentException("threads must be 0 to 1024, found " + threads);
    }
  }
}

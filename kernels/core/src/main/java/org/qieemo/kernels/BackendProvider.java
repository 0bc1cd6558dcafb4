package org.qieemo.kernels;

/** A kind of back end, found by {@link java.util.ServiceLoader}. Thread-safe. */
public interface BackendProvider {
  /** Short stable name, as on the command line. */
  String name();

  /** Among usable back ends {@code auto} takes the highest; the CPU has 0. */
  int priority();

  /** Whether it can run here, and why (not); never throws, loads no native code twice. */
  Availability probe();

  /**
   * Opens the back end.
   *
   * @throws BackendException if it cannot run here
   */
  Backend open(BackendOptions options);

  /**
   * The answer of {@link #probe()}.
   *
   * @param usable whether {@link #open} is expected to work
   * @param reason one sentence for people
   */
  record Availability(boolean usable, String reason) {}
}

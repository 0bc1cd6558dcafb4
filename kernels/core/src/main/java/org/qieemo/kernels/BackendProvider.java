package org.qieemo.kernels;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A kind of back end, found by {@link java.util.ServiceLoader}. Thread-safe. */
public interface BackendProvider {
  /** Short stable name, as on the command line. */
  String name();

  /** Among back ends that {@code auto} may take it takes the highest; the CPU has 0. */
  int priority();

  /** Whether it can run here, and why (not); never throws, loads no native code twice. */
  Availability probe();

  /**
   * As {@link #probe()} for {@code auto}: may answer that it is not automatic without loading what
   * only somebody who asks for it by name should get.
   */
  default Availability probeForAuto() {
    return probe();
  }

  /** What was found on this machine, a line for each device; for people. Never throws. */
  default List<String> details() {
    return List.of();
  }

  /** The precisions that it has; {@link #open} may still refuse one on a device without it. */
  default Set<Precision> precisions() {
    return EnumSet.of(Precision.F32);
  }

  /**
   * Opens the back end.
   *
   * @param options in one of its {@link #precisions()}
   * @throws BackendException if it cannot run here
   */
  Backend open(BackendOptions options);

  /**
   * The answer of {@link #probe()}.
   *
   * @param usable whether {@link #open} is expected to work
   * @param automatic whether {@code auto} may take it: not what is slower than the CPU back end
   * @param reason one sentence for people
   */
  record Availability(boolean usable, boolean automatic, String reason) {
    /** What {@code auto} may take if it is usable. */
    public Availability(boolean usable, String reason) {
      this(usable, usable, reason);
    }
  }
}

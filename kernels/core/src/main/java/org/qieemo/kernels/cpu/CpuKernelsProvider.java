package org.qieemo.kernels.cpu;

import org.qieemo.kernels.BackendProvider.Availability;

/**
 * An implementation of {@link CpuKernels}, found by {@link java.util.ServiceLoader}. Loading the
 * provider must touch no class that may be missing; only {@link #create()} may. Thread-safe.
 */
public interface CpuKernelsProvider {
  /** Short stable name, as in the system property {@code qieemo.cpu.kernels}. */
  String name();

  /** Among usable ones the highest is taken; plain Java has 0. */
  int priority();

  /** Whether it can run here; if not, the reason says what to do. */
  Availability probe();

  /**
   * Multiply-adds from which on a new process is done sooner with these kernels than with plain
   * Java, which needs less compiling; 0: always.
   */
  default long worthFrom() {
    return 0;
  }

  /** The kernels; called only when {@link #probe()} says that they are usable. */
  CpuKernels create();
}

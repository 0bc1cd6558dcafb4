package org.qieemo.kernels.cpu;

import java.util.ServiceLoader;

/** What the stress tests of pools share. */
final class Pools {
  static final CpuKernels PLAIN =
      ServiceLoader.load(CpuKernelsProvider.class).stream()
          .map(ServiceLoader.Provider::get)
          .filter(p -> p.name().equals("plain"))
          .findFirst()
          .orElseThrow()
          .create();

  private Pools() {}

  /** A region whose items and results are plain memory. */
  static final class Region {
    static final int ITEMS = 3;

    /** What {@link #run} gives if each item ran once, with what the caller wrote, and is seen. */
    static final int WHOLE = 777;

    private static final int INPUT = 7;

    private final int[] results = new int[ITEMS];
    private int input;

    /** The items' results as digits. */
    int run(WorkerPool pool) {
      input = INPUT;
      pool.run((item, scratch) -> results[item] += input, ITEMS, null);
      return results[0] * 100 + results[1] * 10 + results[2];
    }
  }
}

package org.qieemo.kernels.cpu;

/**
 * Whether {@link Math#fma(float, float, float)} is an instruction here. Without one Java computes
 * it with BigDecimal, a hundred to a thousand times slower than a product and a sum: old or small
 * x86-64 processors, emulators, virtual machines with a generic processor model.
 */
public final class FusedMultiplyAdd {
  private static final int TRIES = 16;
  private static final int OPERATIONS = 8;

  /** Measured once: about 20 ns each when it is an instruction, over 1000 ns when it is not. */
  private static final boolean FAST = leastNanos() < 100;

  private FusedMultiplyAdd() {}

  /** Whether it is worth using. */
  public static boolean isFast() {
    return FAST;
  }

  /** The fastest of several tries, so that a pause of the machine does not count. */
  private static long leastNanos() {
    long least = Long.MAX_VALUE;
    float x = 1f;
    for (int i = 0; i < TRIES; i++) {
      long start = System.nanoTime();
      for (int j = 0; j < OPERATIONS; j++) {
        x = Math.fma(x, 0.5f, 0.25f);
      }
      least = Math.min(least, System.nanoTime() - start);
    }
    return x > 0 ? least / OPERATIONS : 0; // x is used, so that the loop stays
  }
}

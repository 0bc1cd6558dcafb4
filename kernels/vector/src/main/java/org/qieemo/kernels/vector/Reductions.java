package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import org.qieemo.kernels.cpu.ThreadScratch;

/**
 * Sums of lanes in a fixed order. {@code reduceLanes(ADD)} leaves the order to the JVM, which may
 * change it when it compiles: a result would depend on how warm the code is.
 */
final class Reductions {
  private Reductions() {}

  /** Adds the upper half of the lanes to the lower until one is left. */
  static float sum(FloatVector v, ThreadScratch scratch) {
    float[] lanes = scratch.chunk0();
    v.intoArray(lanes, 0);
    for (int half = v.length() / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[i] += lanes[i + half];
      }
    }
    return lanes[0];
  }
}

package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.ThreadScratch;

/**
 * Reductions of a range in a fixed order. {@code reduceLanes(ADD)} leaves its order to the JVM,
 * which may change it when it compiles: a result would depend on how warm the code is.
 */
final class Reductions {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private Reductions() {}

  /** Sum of {@code count} values. */
  static float sum(float[] x, int offset, int count, ThreadScratch scratch) {
    int vectors = SPECIES.loopBound(count);
    FloatVector sums = FloatVector.zero(SPECIES);
    for (int i = 0; i < vectors; i += LANES) {
      sums = FloatVector.fromArray(SPECIES, x, offset + i).add(sums);
    }
    float[] lanes = scratch.chunk1();
    sums.intoArray(lanes, 0);
    float total = sumOfLanes(lanes);
    for (int i = vectors; i < count; i++) {
      total += x[offset + i];
    }
    return total;
  }

  /** Sum of (x - mean)^2 over {@code count} values. */
  static float sumOfSquares(float[] x, int offset, int count, float mean, ThreadScratch scratch) {
    int vectors = SPECIES.loopBound(count);
    FloatVector sums = FloatVector.zero(SPECIES);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector d = FloatVector.fromArray(SPECIES, x, offset + i).sub(mean);
      sums = d.fma(d, sums);
    }
    float[] lanes = scratch.chunk1();
    sums.intoArray(lanes, 0);
    float total = sumOfLanes(lanes);
    for (int i = vectors; i < count; i++) {
      float d = x[offset + i] - mean;
      total = Math.fma(d, d, total);
    }
    return total;
  }

  /** Adds the upper half of the lanes to the lower until one is left. */
  private static float sumOfLanes(float[] lanes) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[i] += lanes[i + half];
      }
    }
    return lanes[0];
  }

  /** Largest of {@code count} values, -infinity for none, NaN if there is one. */
  static float max(float[] x, int offset, int count) {
    int vectors = SPECIES.loopBound(count);
    FloatVector tops = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < vectors; i += LANES) {
      tops = FloatVector.fromArray(SPECIES, x, offset + i).max(tops);
    }
    float top = tops.reduceLanes(VectorOperators.MAX); // the same in any order
    for (int i = vectors; i < count; i++) {
      top = Math.max(top, x[offset + i]);
    }
    return top;
  }
}

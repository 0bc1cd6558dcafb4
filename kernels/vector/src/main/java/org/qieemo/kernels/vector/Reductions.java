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

  /** Sum of {@code count} values, the same whether zeros follow or not. */
  static float sum(float[] x, int offset, int count, ThreadScratch scratch) {
    float[] lanes = scratch.chunk1();
    sumInLanes(x, offset, count, lanes, 0);
    float total = sumOfLanes(lanes, 0);
    for (int j = SPECIES.loopBound(count); j < count; j++) {
      total += x[offset + j];
    }
    return total;
  }

  /** Leaves the sums of every lane of the whole vectors of {@code count} values in lanes. */
  static void sumInLanes(float[] x, int offset, int count, float[] lanes, int at) {
    int vectors = SPECIES.loopBound(count);
    FloatVector even = FloatVector.zero(SPECIES);
    FloatVector odd = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i + LANES < vectors; i += 2 * LANES) {
      even = FloatVector.fromArray(SPECIES, x, offset + i).add(even);
      odd = FloatVector.fromArray(SPECIES, x, offset + i + LANES).add(odd);
    }
    if (i < vectors) {
      even = FloatVector.fromArray(SPECIES, x, offset + i).add(even);
    }
    odd.add(even).intoArray(lanes, at);
  }

  /** The same of (x - mean)^2. */
  static void squaresInLanes(float[] x, int offset, int count, float mean, float[] lanes, int at) {
    int vectors = SPECIES.loopBound(count);
    FloatVector even = FloatVector.zero(SPECIES);
    FloatVector odd = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i + LANES < vectors; i += 2 * LANES) {
      FloatVector d0 = FloatVector.fromArray(SPECIES, x, offset + i).sub(mean);
      even = d0.fma(d0, even);
      FloatVector d1 = FloatVector.fromArray(SPECIES, x, offset + i + LANES).sub(mean);
      odd = d1.fma(d1, odd);
    }
    if (i < vectors) {
      FloatVector d = FloatVector.fromArray(SPECIES, x, offset + i).sub(mean);
      even = d.fma(d, even);
    }
    odd.add(even).intoArray(lanes, at);
  }

  /**
   * Sum of one vector's lanes from {@code at} on: every fourth in a chain of its own, so that
   * additions need not wait for each other.
   */
  static float sumOfLanes(float[] lanes, int at) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    for (int i = at; i + 3 < at + LANES; i += 4) {
      s0 += lanes[i];
      s1 += lanes[i + 1];
      s2 += lanes[i + 2];
      s3 += lanes[i + 3];
    }
    return LANES < 4 ? lanes[at] + lanes[at + LANES - 1] : s0 + s1 + (s2 + s3);
  }

  /**
   * Largest of {@code count} values, -infinity for none; NaN may be passed over. Compared and
   * blended: {@code max} minds NaN and the sign of zero, which takes C2 six instructions.
   */
  static float max(float[] x, int offset, int count) {
    int vectors = SPECIES.loopBound(count);
    FloatVector even = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector odd = even;
    int i = 0;
    for (; i + LANES < vectors; i += 2 * LANES) {
      FloatVector v0 = FloatVector.fromArray(SPECIES, x, offset + i);
      even = v0.blend(even, v0.compare(VectorOperators.LE, even));
      FloatVector v1 = FloatVector.fromArray(SPECIES, x, offset + i + LANES);
      odd = v1.blend(odd, v1.compare(VectorOperators.LE, odd));
    }
    if (i < vectors) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, offset + i);
      even = v.blend(even, v.compare(VectorOperators.LE, even));
    }
    float top = odd.max(even).reduceLanes(VectorOperators.MAX); // the same in any order
    for (int j = vectors; j < count; j++) {
      top = Math.max(top, x[offset + j]);
    }
    return top;
  }
}

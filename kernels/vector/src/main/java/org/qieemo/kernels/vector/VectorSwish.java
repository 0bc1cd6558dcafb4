package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.Arena;

/**
 * Swish, x / (1 + e^-x): the activation between the layers of every feed-forward module. e^-x is
 * 2^(-x log2 e), whose exponent is split by a number that rounds by being added into a whole part,
 * added to the exponent bits, and a fraction, for a polynomial of degree 5 (least relative error,
 * 9e-8); two vectors share one division, as 1 / a is b / (a b). Within 8e-7 of the result,
 * relative, for |x| up to 43, and within 3e-19 |x| below.
 *
 * <p>The limit is set on the bits, where floats of one sign are ordered like integers: comparing
 * floats and blending takes Java 17 four instructions. Two loops, as Java 17 does not make
 * instructions of all vector operations of one loop that does both.
 */
final class VectorSwish {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int SIGN = 0x80000000;

  /** |x| beyond counts as this: the product of two 1 + e^43 is a float. */
  private static final int LARGEST = Float.floatToRawIntBits(43f);

  private static final float C1 = 6.931470037e-1f;
  private static final float C2 = 2.402224243e-1f;
  private static final float C3 = 5.550733581e-2f;
  private static final float C4 = 9.671512991e-3f;
  private static final float C5 = 1.326472731e-3f;

  private VectorSwish() {}

  /** How many of {@code count} values {@link #pairs} takes: whole pairs of vectors. */
  static int bound(int count) {
    return count / (2 * LANES) * (2 * LANES);
  }

  /**
   * x[i] = swish(x[i]) for {@code count} values, as {@link #bound} has it.
   *
   * @param room for as many, contents undefined
   */
  static void pairs(float[] x, int offset, int count, Arena.Place room) {
    float[] divisors = room.array();
    int first = room.offset();
    onePlusExp(x, offset, count, divisors, first);
    for (int i = 0; i < count; i += 2 * LANES) {
      FloatVector d0 = FloatVector.fromArray(SPECIES, divisors, first + i);
      FloatVector d1 = FloatVector.fromArray(SPECIES, divisors, first + i + LANES);
      FloatVector both = FloatVector.broadcast(SPECIES, 1f).div(d0.mul(d1));
      int at = offset + i;
      FloatVector.fromArray(SPECIES, x, at).mul(both.mul(d1)).intoArray(x, at);
      FloatVector x1 = FloatVector.fromArray(SPECIES, x, at + LANES);
      x1.mul(both.mul(d0)).intoArray(x, at + LANES);
    }
  }

  /** out[to + i] = 1 + e^-x[offset + i]. */
  private static void onePlusExp(float[] x, int offset, int count, float[] out, int to) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    FloatVector round = FloatVector.broadcast(SPECIES, VectorExp.ROUND);
    FloatVector log2E = FloatVector.broadcast(SPECIES, -VectorExp.LOG2_E);
    IntVector sign = IntVector.broadcast(INTS, SIGN);
    IntVector largest = IntVector.broadcast(INTS, LARGEST);
    for (int i = 0; i < count; i += LANES) {
      IntVector bits = FloatVector.fromArray(SPECIES, x, offset + i).reinterpretAsInts();
      FloatVector v = bits.min(bits.and(sign).or(largest)).reinterpretAsFloats();
      FloatVector t = v.fma(log2E, round);
      FloatVector f = v.fma(log2E, round.sub(t));
      FloatVector p = f.fma(FloatVector.broadcast(SPECIES, C5), FloatVector.broadcast(SPECIES, C4));
      p = p.fma(f, FloatVector.broadcast(SPECIES, C3));
      p = p.fma(f, FloatVector.broadcast(SPECIES, C2));
      p = p.fma(f, FloatVector.broadcast(SPECIES, C1));
      p = p.fma(f, one);
      p.reinterpretAsInts()
          .add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, VectorExp.MANTISSA_BITS))
          .reinterpretAsFloats()
          .add(one)
          .intoArray(out, to + i);
    }
  }
}

package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The exponential in single precision: range reduction by ln 2 with a number that rounds by being
 * added, a polynomial of degree 7 (Cephes), and the power of two added to the exponent bits; about
 * 1e-7 relative. Arguments above 85 count as 85; below -87 the result is 0.
 *
 * <p>Limits are set by comparing and blending: {@code min} and {@code max} mind the sign of zero
 * and NaN, which takes C2 six instructions each. The polynomial stands in both loops: where C2 does
 * not draw a method into its caller, and sometimes it does not, a vector between them is an object.
 */
final class VectorExp {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private static final float SMALLEST = -87f; // e^x is close to subnormal below
  private static final float LARGEST = 85f; // 1 + e^85 has a reciprocal that is not subnormal
  static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  static final float ROUND = 12582912f; // 1.5 * 2^23: adding it rounds to an integer
  private static final float C2 = 5.0000001201e-1f;
  private static final float C3 = 1.6666665459e-1f;
  private static final float C4 = 4.1665795894e-2f;
  private static final float C5 = 8.3334519073e-3f;
  private static final float C6 = 1.3981999507e-3f;
  private static final float C7 = 1.9875691500e-4f;
  static final int MANTISSA_BITS = 23;

  private VectorExp() {}

  /** out[i] = e^(factor * x[i] + shift) for {@code count} values; out may be x. */
  static void exp(
      float[] x, int xOffset, float factor, float shift, float[] out, int outOffset, int count) {
    int vectors = SPECIES.loopBound(count);
    FloatVector shifts = FloatVector.broadcast(SPECIES, shift);
    FloatVector factors = FloatVector.broadcast(SPECIES, factor);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector largest = FloatVector.broadcast(SPECIES, LARGEST);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i).fma(factors, shifts);
      FloatVector clamped = v.blend(largest, v.compare(VectorOperators.GT, largest));
      FloatVector t =
          clamped.fma(
              FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
      FloatVector n = t.sub(ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), clamped);
      r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
      FloatVector p = r.fma(FloatVector.broadcast(SPECIES, C7), FloatVector.broadcast(SPECIES, C6));
      p = p.fma(r, FloatVector.broadcast(SPECIES, C5));
      p = p.fma(r, FloatVector.broadcast(SPECIES, C4));
      p = p.fma(r, FloatVector.broadcast(SPECIES, C3));
      p = p.fma(r, FloatVector.broadcast(SPECIES, C2));
      p = p.fma(r.mul(r), r).add(1f);
      FloatVector e =
          p.reinterpretAsInts()
              .add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS))
              .reinterpretAsFloats();
      e.blend(zero, v.compare(VectorOperators.LT, SMALLEST)).intoArray(out, outOffset + i);
    }
    for (int i = vectors; i < count; i++) {
      out[outOffset + i] = exp(Math.fma(x[xOffset + i], factor, shift));
    }
  }

  /**
   * x[i] = e^(x[i] - top) for {@code count} values, whole vectors of which none is above top;
   * leaves their sum in the lanes from {@code lane} on.
   */
  static void expBelow(float[] x, int offset, int count, float top, float[] lanes, int lane) {
    FloatVector tops = FloatVector.broadcast(SPECIES, top);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector sum = zero;
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, offset + i).sub(tops);
      FloatVector t =
          v.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
      FloatVector n = t.sub(ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), v);
      r = n.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
      FloatVector p = r.fma(FloatVector.broadcast(SPECIES, C7), FloatVector.broadcast(SPECIES, C6));
      p = p.fma(r, FloatVector.broadcast(SPECIES, C5));
      p = p.fma(r, FloatVector.broadcast(SPECIES, C4));
      p = p.fma(r, FloatVector.broadcast(SPECIES, C3));
      p = p.fma(r, FloatVector.broadcast(SPECIES, C2));
      p = p.fma(r.mul(r), r).add(1f);
      FloatVector e =
          p.reinterpretAsInts()
              .add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS))
              .reinterpretAsFloats();
      e = e.blend(zero, v.compare(VectorOperators.LT, SMALLEST));
      e.intoArray(x, offset + i);
      sum = sum.add(e);
    }
    sum.intoArray(lanes, lane);
  }

  /** What is left over behind the last whole vector, with the same bits as in a vector. */
  private static float exp(float x) {
    float clamped = x > LARGEST ? LARGEST : x;
    float t = Math.fma(clamped, LOG2_E, ROUND);
    float n = t - ROUND;
    float r = Math.fma(n, -LN2_HIGH, clamped);
    r = Math.fma(n, -LN2_LOW, r);
    float p = Math.fma(r, C7, C6);
    p = Math.fma(p, r, C5);
    p = Math.fma(p, r, C4);
    p = Math.fma(p, r, C3);
    p = Math.fma(p, r, C2);
    p = Math.fma(p, r * r, r) + 1f;
    int power = Float.floatToRawIntBits(t) << MANTISSA_BITS;
    return x < SMALLEST ? 0f : Float.intBitsToFloat(Float.floatToRawIntBits(p) + power);
  }
}

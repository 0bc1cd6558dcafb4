package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * exp, sigmoid and tanh in single precision. exp: range reduction by ln 2 with a number that rounds
 * by being added, a polynomial of degree 7 (Cephes), and the power of two added to the exponent
 * bits; about 1e-7 relative. Each function has a scalar twin for what is left over behind the last
 * whole vector.
 */
final class VectorMath {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** e^x is close to subnormal below. */
  static final float SMALLEST = -87f;

  private static final float LARGEST = 88f;
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float ROUND = 12582912f; // 1.5 * 2^23: adding it rounds to an integer
  private static final float C2 = 5.0000001201e-1f;
  private static final float C3 = 1.6666665459e-1f;
  private static final float C4 = 4.1665795894e-2f;
  private static final float C5 = 8.3334519073e-3f;
  private static final float C6 = 1.3981999507e-3f;
  private static final float C7 = 1.9875691500e-4f;
  private static final int MANTISSA_BITS = 23;

  private VectorMath() {}

  /** e^x, x clamped to where e^x is a normal number. */
  static FloatVector exp(FloatVector x) {
    FloatVector clamped = x.max(SMALLEST).min(LARGEST);
    FloatVector t = clamped.fma(broadcast(LOG2_E), broadcast(ROUND));
    FloatVector n = t.sub(ROUND);
    FloatVector r = n.fma(broadcast(-LN2_HIGH), clamped);
    r = n.fma(broadcast(-LN2_LOW), r);
    FloatVector p = r.fma(broadcast(C7), broadcast(C6));
    p = p.fma(r, broadcast(C5));
    p = p.fma(r, broadcast(C4));
    p = p.fma(r, broadcast(C3));
    p = p.fma(r, broadcast(C2));
    p = p.fma(r.mul(r), r).add(1f);
    return p.reinterpretAsInts()
        .add(t.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS))
        .reinterpretAsFloats();
  }

  /** The scalar twin of the vector exp, bit for bit. */
  static float exp(float x) {
    float clamped = Math.min(Math.max(x, SMALLEST), LARGEST);
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
    return Float.intBitsToFloat(Float.floatToRawIntBits(p) + power);
  }

  /** 1 + e^-x. */
  static FloatVector onePlusExpOfMinus(FloatVector x) {
    return exp(x.neg()).add(1f);
  }

  static float onePlusExpOfMinus(float x) {
    return exp(-x) + 1f;
  }

  static FloatVector tanh(FloatVector x) {
    return broadcast(2f).div(onePlusExpOfMinus(x.add(x))).sub(1f);
  }

  static float tanh(float x) {
    return 2f / onePlusExpOfMinus(x + x) - 1f;
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}

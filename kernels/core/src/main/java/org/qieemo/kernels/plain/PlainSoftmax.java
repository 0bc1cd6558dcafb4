package org.qieemo.kernels.plain;

import org.qieemo.kernels.cpu.ThreadScratch;

/**
 * Softmax of a row, the exponential in chunks: reduction and polynomial in loops that C2
 * vectorises, then the power of two, put into the exponent bits one by one.
 */
final class PlainSoftmax {
  private static final int CHUNK = 256;
  private static final float SMALLEST = -87f; // e^x is subnormal soon below
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

  private PlainSoftmax() {}

  static void softmax(
      float[] x, int xOffset, float[] out, int outOffset, int count, ThreadScratch scratch) {
    float top = max(x, xOffset, count);
    if (top == Float.NEGATIVE_INFINITY) {
      for (int j = 0; j < count; j++) {
        out[outOffset + j] = 0f;
      }
      return;
    }
    float factor = 1 / expSum(x, xOffset, out, outOffset, count, top, scratch);
    for (int j = outOffset; j < outOffset + count; j++) {
      out[j] *= factor;
    }
  }

  /** out = e^(x - top); returns the sum. */
  static float expSum(
      float[] x,
      int xOffset,
      float[] out,
      int outOffset,
      int count,
      float top,
      ThreadScratch scratch) {
    float total = 0;
    for (int at = 0; at < count; at += CHUNK) {
      int n = Math.min(CHUNK, count - at);
      float[] e = exp(x, xOffset + at, top, n, scratch);
      for (int j = 0; j < n; j++) {
        total += e[j];
      }
      System.arraycopy(e, 0, out, outOffset + at, n);
    }
    return total;
  }

  static void logSoftmax(
      float[] x, int xOffset, float[] out, int outOffset, int count, ThreadScratch scratch) {
    float top = max(x, xOffset, count);
    float total = 0;
    for (int at = 0; at < count; at += CHUNK) {
      int n = Math.min(CHUNK, count - at);
      float[] e = exp(x, xOffset + at, top, n, scratch);
      for (int j = 0; j < n; j++) {
        total += e[j];
      }
    }
    float log = (float) StrictMath.log(total);
    for (int j = 0; j < count; j++) {
      out[outOffset + j] = x[xOffset + j] - top - log;
    }
  }

  static float max(float[] x, int offset, int count) {
    float top = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < count; j++) {
      top = Math.max(top, x[offset + j]);
    }
    return top;
  }

  /** e^(x - top) of a chunk, 0 where it would be subnormal. */
  private static float[] exp(float[] x, int offset, float top, int n, ThreadScratch scratch) {
    float[] d = scratch.chunk0();
    float[] p = scratch.chunk1();
    for (int j = 0; j < n; j++) {
      d[j] = x[offset + j] - top;
    }
    polynomial(d, p, n);
    for (int j = 0; j < n; j++) {
      int scaled = Float.floatToRawIntBits(p[j]) + (Float.floatToRawIntBits(d[j]) << 23);
      p[j] = x[offset + j] - top < SMALLEST ? 0f : Float.intBitsToFloat(scaled);
    }
    return p;
  }

  /** p = e^r with d = n ln 2 + r; d becomes ROUND + n, whose low bits are n. */
  private static void polynomial(float[] d, float[] p, int count) {
    for (int j = 0; j < count; j++) {
      float x = Math.max(d[j], SMALLEST);
      float t = x * LOG2_E + ROUND;
      float n = t - ROUND;
      float r = x - n * LN2_HIGH - n * LN2_LOW;
      float q = (((((C7 * r + C6) * r + C5) * r + C4) * r + C3) * r + C2) * (r * r) + r + 1f;
      d[j] = t;
      p[j] = q;
    }
  }
}

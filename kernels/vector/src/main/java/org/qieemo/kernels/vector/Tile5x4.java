package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Tile6x4} with five rows: any 20 rows or more are sixes and fives, so that none is computed
 * for nothing.
 */
final class Tile5x4 {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int STRIDE = VectorProduct.STRIDE;

  /** Rows. */
  static final int ROWS = 5;

  /** Columns. */
  static final int WIDTH = 4 * LANES;

  private Tile5x4() {}

  /**
   * c[r] = start[r] + sum over k in [0, depth) of a[r, k] b[k] for 5 rows and {@link #WIDTH}
   * columns; moves {@link TileOperands#ahead} on.
   */
  static void multiply(TileOperands operands) {
    float[] a = operands.a;
    float[] b = operands.b;
    float[] c = operands.c;
    float[] next = operands.next;
    float[] start = operands.start;
    int aOffset = operands.aAt;
    int bOffset = operands.bAt;
    int cOffset = operands.cAt;
    int startStride = operands.startStride;
    int step = operands.step;
    int touch = operands.ahead;
    int seen = 0;
    int s = operands.startAt;
    FloatVector c00 = FloatVector.fromArray(SPECIES, start, s);
    FloatVector c01 = FloatVector.fromArray(SPECIES, start, s + LANES);
    FloatVector c02 = FloatVector.fromArray(SPECIES, start, s + 2 * LANES);
    FloatVector c03 = FloatVector.fromArray(SPECIES, start, s + 3 * LANES);
    s += startStride;
    FloatVector c10 = FloatVector.fromArray(SPECIES, start, s);
    FloatVector c11 = FloatVector.fromArray(SPECIES, start, s + LANES);
    FloatVector c12 = FloatVector.fromArray(SPECIES, start, s + 2 * LANES);
    FloatVector c13 = FloatVector.fromArray(SPECIES, start, s + 3 * LANES);
    s += startStride;
    FloatVector c20 = FloatVector.fromArray(SPECIES, start, s);
    FloatVector c21 = FloatVector.fromArray(SPECIES, start, s + LANES);
    FloatVector c22 = FloatVector.fromArray(SPECIES, start, s + 2 * LANES);
    FloatVector c23 = FloatVector.fromArray(SPECIES, start, s + 3 * LANES);
    s += startStride;
    FloatVector c30 = FloatVector.fromArray(SPECIES, start, s);
    FloatVector c31 = FloatVector.fromArray(SPECIES, start, s + LANES);
    FloatVector c32 = FloatVector.fromArray(SPECIES, start, s + 2 * LANES);
    FloatVector c33 = FloatVector.fromArray(SPECIES, start, s + 3 * LANES);
    s += startStride;
    FloatVector c40 = FloatVector.fromArray(SPECIES, start, s);
    FloatVector c41 = FloatVector.fromArray(SPECIES, start, s + LANES);
    FloatVector c42 = FloatVector.fromArray(SPECIES, start, s + 2 * LANES);
    FloatVector c43 = FloatVector.fromArray(SPECIES, start, s + 3 * LANES);
    final int end = aOffset + operands.depth;
    for (int k = aOffset; k < end; k++) { // counting in a: from 0, Java 17 makes slower code
      int at = bOffset + (k - aOffset) * WIDTH;
      seen ^= Float.floatToRawIntBits(next[touch]);
      touch += step;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, at);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, at + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, at + 2 * LANES);
      FloatVector b3 = FloatVector.fromArray(SPECIES, b, at + 3 * LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[k]);
      c00 = b0.fma(x0, c00);
      c01 = b1.fma(x0, c01);
      c02 = b2.fma(x0, c02);
      c03 = b3.fma(x0, c03);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[k + STRIDE]);
      c10 = b0.fma(x1, c10);
      c11 = b1.fma(x1, c11);
      c12 = b2.fma(x1, c12);
      c13 = b3.fma(x1, c13);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[k + 2 * STRIDE]);
      c20 = b0.fma(x2, c20);
      c21 = b1.fma(x2, c21);
      c22 = b2.fma(x2, c22);
      c23 = b3.fma(x2, c23);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[k + 3 * STRIDE]);
      c30 = b0.fma(x3, c30);
      c31 = b1.fma(x3, c31);
      c32 = b2.fma(x3, c32);
      c33 = b3.fma(x3, c33);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[k + 4 * STRIDE]);
      c40 = b0.fma(x4, c40);
      c41 = b1.fma(x4, c41);
      c42 = b2.fma(x4, c42);
      c43 = b3.fma(x4, c43);
    }
    c00.intoArray(c, cOffset);
    c01.intoArray(c, cOffset + LANES);
    c02.intoArray(c, cOffset + 2 * LANES);
    c03.intoArray(c, cOffset + 3 * LANES);
    c10.intoArray(c, cOffset + STRIDE);
    c11.intoArray(c, cOffset + STRIDE + LANES);
    c12.intoArray(c, cOffset + STRIDE + 2 * LANES);
    c13.intoArray(c, cOffset + STRIDE + 3 * LANES);
    c20.intoArray(c, cOffset + 2 * STRIDE);
    c21.intoArray(c, cOffset + 2 * STRIDE + LANES);
    c22.intoArray(c, cOffset + 2 * STRIDE + 2 * LANES);
    c23.intoArray(c, cOffset + 2 * STRIDE + 3 * LANES);
    c30.intoArray(c, cOffset + 3 * STRIDE);
    c31.intoArray(c, cOffset + 3 * STRIDE + LANES);
    c32.intoArray(c, cOffset + 3 * STRIDE + 2 * LANES);
    c33.intoArray(c, cOffset + 3 * STRIDE + 3 * LANES);
    c40.intoArray(c, cOffset + 4 * STRIDE);
    c41.intoArray(c, cOffset + 4 * STRIDE + LANES);
    c42.intoArray(c, cOffset + 4 * STRIDE + 2 * LANES);
    c43.intoArray(c, cOffset + 4 * STRIDE + 3 * LANES);
    operands.ahead = touch;
    operands.seen ^= seen;
  }
}

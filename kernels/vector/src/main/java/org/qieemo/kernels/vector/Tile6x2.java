package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The tile of the matrix product for machines with 16 vector registers, and elsewhere for what is
 * left of the columns: six rows by two vectors, 12 sums in registers; otherwise as {@link Tile6x4}.
 */
final class Tile6x2 {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int STRIDE = VectorProduct.STRIDE;

  /** Rows. */
  static final int ROWS = 6;

  /** Columns. */
  static final int WIDTH = 2 * LANES;

  private Tile6x2() {}

  /**
   * c[r] = start[r] + sum over k in [0, depth) of a[r, k] b[k] for 6 rows and {@link #WIDTH}
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
    s += startStride;
    FloatVector c10 = FloatVector.fromArray(SPECIES, start, s);
    FloatVector c11 = FloatVector.fromArray(SPECIES, start, s + LANES);
    s += startStride;
    FloatVector c20 = FloatVector.fromArray(SPECIES, start, s);
    FloatVector c21 = FloatVector.fromArray(SPECIES, start, s + LANES);
    s += startStride;
    FloatVector c30 = FloatVector.fromArray(SPECIES, start, s);
    FloatVector c31 = FloatVector.fromArray(SPECIES, start, s + LANES);
    s += startStride;
    FloatVector c40 = FloatVector.fromArray(SPECIES, start, s);
    FloatVector c41 = FloatVector.fromArray(SPECIES, start, s + LANES);
    s += startStride;
    FloatVector c50 = FloatVector.fromArray(SPECIES, start, s);
    FloatVector c51 = FloatVector.fromArray(SPECIES, start, s + LANES);
    final int end = aOffset + operands.depth;
    for (int k = aOffset; k < end; k++) { // counting in a: from 0, Java 17 makes slower code
      int at = bOffset + (k - aOffset) * WIDTH;
      seen ^= Float.floatToRawIntBits(next[touch]);
      touch += step;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, at);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[k]);
      c00 = b0.fma(x0, c00);
      c01 = b1.fma(x0, c01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[k + STRIDE]);
      c10 = b0.fma(x1, c10);
      c11 = b1.fma(x1, c11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[k + 2 * STRIDE]);
      c20 = b0.fma(x2, c20);
      c21 = b1.fma(x2, c21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[k + 3 * STRIDE]);
      c30 = b0.fma(x3, c30);
      c31 = b1.fma(x3, c31);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[k + 4 * STRIDE]);
      c40 = b0.fma(x4, c40);
      c41 = b1.fma(x4, c41);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[k + 5 * STRIDE]);
      c50 = b0.fma(x5, c50);
      c51 = b1.fma(x5, c51);
    }
    c00.intoArray(c, cOffset);
    c01.intoArray(c, cOffset + LANES);
    c10.intoArray(c, cOffset + STRIDE);
    c11.intoArray(c, cOffset + STRIDE + LANES);
    c20.intoArray(c, cOffset + 2 * STRIDE);
    c21.intoArray(c, cOffset + 2 * STRIDE + LANES);
    c30.intoArray(c, cOffset + 3 * STRIDE);
    c31.intoArray(c, cOffset + 3 * STRIDE + LANES);
    c40.intoArray(c, cOffset + 4 * STRIDE);
    c41.intoArray(c, cOffset + 4 * STRIDE + LANES);
    c50.intoArray(c, cOffset + 5 * STRIDE);
    c51.intoArray(c, cOffset + 5 * STRIDE + LANES);
    operands.ahead = touch;
    operands.seen ^= seen;
  }
}

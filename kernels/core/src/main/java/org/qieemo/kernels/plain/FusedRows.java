package org.qieemo.kernels.plain;

/**
 * Three rows of a product with fused multiply-adds, three steps of depth at a time: with four steps
 * or four rows C2 leaves the loop scalar on Java 17, and also when the rows of the result are not
 * parameters but loaded from a field here.
 */
final class FusedRows {
  private FusedRows() {}

  /** c_r += sum over k in [from, to) of a[a_r + k] b[panelRow + k], in ascending order of k. */
  static void multiply(
      float[] a,
      int a0,
      int a1,
      int a2,
      float[][] b,
      int panelRow,
      int from,
      int to,
      float[] c0,
      float[] c1,
      float[] c2,
      int cols) {
    int k = from;
    for (; k + 2 < to; k += 3) {
      int i = a0 + k;
      int j = a1 + k;
      int l = a2 + k;
      int row = panelRow + k;
      addThree(
          c0,
          c1,
          c2,
          b[row],
          b[row + 1],
          b[row + 2],
          a[i],
          a[i + 1],
          a[i + 2],
          a[j],
          a[j + 1],
          a[j + 2],
          a[l],
          a[l + 1],
          a[l + 2],
          cols);
    }
    for (; k < to; k++) {
      addOne(c0, c1, c2, b[panelRow + k], a[a0 + k], a[a1 + k], a[a2 + k], cols);
    }
  }

  /** c0 += sum of p_i b_i, c1 += sum of q_i b_i, c2 += sum of r_i b_i, in ascending order of i. */
  private static void addThree(
      float[] c0,
      float[] c1,
      float[] c2,
      float[] b0,
      float[] b1,
      float[] b2,
      float p0,
      float p1,
      float p2,
      float q0,
      float q1,
      float q2,
      float r0,
      float r1,
      float r2,
      int cols) {
    for (int j = 0; j < cols; j++) {
      float x0 = b0[j];
      float x1 = b1[j];
      float x2 = b2[j];
      c0[j] = Math.fma(p2, x2, Math.fma(p1, x1, Math.fma(p0, x0, c0[j])));
      c1[j] = Math.fma(q2, x2, Math.fma(q1, x1, Math.fma(q0, x0, c1[j])));
      c2[j] = Math.fma(r2, x2, Math.fma(r1, x1, Math.fma(r0, x0, c2[j])));
    }
  }

  private static void addOne(
      float[] c0, float[] c1, float[] c2, float[] b, float p, float q, float r, int cols) {
    for (int j = 0; j < cols; j++) {
      float x = b[j];
      c0[j] = Math.fma(p, x, c0[j]);
      c1[j] = Math.fma(q, x, c1[j]);
      c2[j] = Math.fma(r, x, c2[j]);
    }
  }
}

package org.qieemo.kernels.plain;

/**
 * Three rows of a product with a product and a sum for each step, two steps of depth at a time, for
 * machines without fused multiply-add; with three steps C2 leaves the loop scalar on Java 17.
 */
final class SeparateRows {
  private SeparateRows() {}

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
    for (; k + 1 < to; k += 2) {
      int i = a0 + k;
      int j = a1 + k;
      int l = a2 + k;
      int row = panelRow + k;
      addTwo(c0, c1, c2, b[row], b[row + 1], a[i], a[i + 1], a[j], a[j + 1], a[l], a[l + 1], cols);
    }
    if (k < to) {
      addOne(c0, c1, c2, b[panelRow + k], a[a0 + k], a[a1 + k], a[a2 + k], cols);
    }
  }

  /** c0 += sum of p_i b_i, c1 += sum of q_i b_i, c2 += sum of r_i b_i, in ascending order of i. */
  private static void addTwo(
      float[] c0,
      float[] c1,
      float[] c2,
      float[] b0,
      float[] b1,
      float p0,
      float p1,
      float q0,
      float q1,
      float r0,
      float r1,
      int cols) {
    for (int j = 0; j < cols; j++) {
      float x0 = b0[j];
      float x1 = b1[j];
      c0[j] = c0[j] + p0 * x0 + p1 * x1;
      c1[j] = c1[j] + q0 * x0 + q1 * x1;
      c2[j] = c2[j] + r0 * x0 + r1 * x1;
    }
  }

  private static void addOne(
      float[] c0, float[] c1, float[] c2, float[] b, float p, float q, float r, int cols) {
    for (int j = 0; j < cols; j++) {
      float x = b[j];
      c0[j] = c0[j] + p * x;
      c1[j] = c1[j] + q * x;
      c2[j] = c2[j] + r * x;
    }
  }
}

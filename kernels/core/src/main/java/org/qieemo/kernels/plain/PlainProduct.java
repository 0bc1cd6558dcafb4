package org.qieemo.kernels.plain;

import org.qieemo.kernels.cpu.PackedMatrix;
import org.qieemo.kernels.cpu.Strip;

/**
 * The matrix product: three rows by one panel, three steps of depth at a time. C2 vectorises the
 * inner loop on Java 17 and later only because every row is an array of its own, indexed exactly
 * {@code [j]}; hence the rows of the packed matrix and of the result are separate arrays. With four
 * steps or four rows the loop stays scalar on Java 17.
 *
 * <p>Packed order: {@code data[panel * depth + k]} is row k of a panel.
 */
final class PlainProduct {
  /**
   * Columns of a panel: long enough for the vector loop, and the rows at work stay in the nearest
   * cache.
   */
  static final int WIDTH = 256;

  /** Rows of a tile. */
  static final int ROWS = 3;

  private PlainProduct() {}

  static void resize(PackedMatrix matrix, int depth, int cols) {
    int panels = (cols + WIDTH - 1) / WIDTH;
    float[][] rows = matrix.data();
    if (rows.length < panels * depth) {
      rows = new float[panels * depth][];
    }
    for (int i = 0; i < panels * depth; i++) {
      int needed = Math.min(WIDTH, cols - i / depth * WIDTH);
      if (rows[i] == null || rows[i].length < needed) {
        rows[i] = new float[needed];
      }
    }
    matrix.set(depth, cols, panels * WIDTH, rows);
  }

  static void pack(
      PackedMatrix to,
      int toDepth,
      int depth,
      float[] from,
      int offset,
      int depthStride,
      int colStride) {
    for (int first = 0; first < to.cols(); first += WIDTH) {
      int cols = Math.min(WIDTH, to.cols() - first);
      int panelRow = first / WIDTH * to.depth() + toDepth;
      for (int k = 0; k < depth; k++) {
        int at = offset + k * depthStride + first * colStride;
        packRow(from, at, colStride, to.data()[panelRow + k], cols);
      }
    }
  }

  private static void packRow(float[] from, int at, int stride, float[] row, int cols) {
    if (stride == 1) {
      System.arraycopy(from, at, row, 0, cols);
    } else {
      for (int n = 0; n < cols; n++) {
        row[n] = from[at + n * stride];
      }
    }
  }

  static void multiply(
      float[] a,
      int aOffset,
      int aStride,
      int rows,
      PackedMatrix b,
      int panel,
      int from,
      int to,
      Strip strip) {
    int cols = Math.min(WIDTH, b.cols() - panel * WIDTH);
    float[] c0 = strip.row(0);
    float[] c1 = strip.row(1);
    float[] c2 = strip.row(2);
    for (int r = 0; r < rows; r += ROWS) {
      int second = Math.min(r + 1, rows - 1); // rows missing from the last three are the last again
      int third = Math.min(r + 2, rows - 1);
      System.arraycopy(b.bias(), panel * WIDTH, c0, 0, cols);
      System.arraycopy(c0, 0, c1, 0, cols);
      System.arraycopy(c0, 0, c2, 0, cols);
      int a0 = aOffset + r * aStride;
      int a1 = aOffset + second * aStride;
      int a2 = aOffset + third * aStride;
      multiplyRows(a, a0, a1, a2, b.data(), panel * b.depth(), from, to, c0, c1, c2, cols);
      System.arraycopy(c0, 0, strip.values(), r * WIDTH, cols);
      System.arraycopy(c1, 0, strip.values(), second * WIDTH, cols);
      System.arraycopy(c2, 0, strip.values(), third * WIDTH, cols);
    }
  }

  /** The rows of the result are parameters: loaded from a field here they stay scalar on 17. */
  private static void multiplyRows(
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

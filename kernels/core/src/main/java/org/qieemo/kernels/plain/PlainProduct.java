package org.qieemo.kernels.plain;

import org.qieemo.kernels.cpu.PackedMatrix;
import org.qieemo.kernels.cpu.Rows;
import org.qieemo.kernels.cpu.Strip;

/**
 * The matrix product: three rows by one panel. C2 vectorises the inner loop on Java 17 and later
 * only because every row is an array of its own, indexed exactly {@code [j]}; hence the rows of the
 * packed matrix and of the result are separate arrays.
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

  /** strip = bias of one panel, in every row. */
  static void fill(PackedMatrix b, int panel, int rows, Strip strip) {
    int cols = Math.min(WIDTH, b.cols() - panel * WIDTH);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(b.bias(), panel * WIDTH, strip.values(), strip.row(r), cols);
    }
  }

  static void multiplyAdd(
      Rows a, int rows, PackedMatrix b, int panel, int from, int to, boolean fused, Strip strip) {
    float[] values = a.data();
    int cols = Math.min(WIDTH, b.cols() - panel * WIDTH);
    PlainScratch scratch = (PlainScratch) strip.scratch();
    float[] c0 = scratch.row0();
    float[] c1 = scratch.row1();
    float[] c2 = scratch.row2();
    for (int r = 0; r < rows; r += ROWS) {
      int second = Math.min(r + 1, rows - 1); // rows missing from the last three are the last again
      int third = Math.min(r + 2, rows - 1);
      System.arraycopy(strip.values(), strip.row(r), c0, 0, cols);
      System.arraycopy(strip.values(), strip.row(second), c1, 0, cols);
      System.arraycopy(strip.values(), strip.row(third), c2, 0, cols);
      int a0 = a.offset() + r * a.stride();
      int a1 = a.offset() + second * a.stride();
      int a2 = a.offset() + third * a.stride();
      int row = panel * b.depth();
      if (fused) {
        FusedRows.multiply(values, a0, a1, a2, b.data(), row, from, to, c0, c1, c2, cols);
      } else {
        SeparateRows.multiply(values, a0, a1, a2, b.data(), row, from, to, c0, c1, c2, cols);
      }
      System.arraycopy(c0, 0, strip.values(), strip.row(r), cols);
      System.arraycopy(c1, 0, strip.values(), strip.row(second), cols);
      System.arraycopy(c2, 0, strip.values(), strip.row(third), cols);
    }
  }
}

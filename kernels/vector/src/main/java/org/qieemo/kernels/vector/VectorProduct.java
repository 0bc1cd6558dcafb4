package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.PackedMatrix;
import org.qieemo.kernels.cpu.Rows;
import org.qieemo.kernels.cpu.Strip;

/**
 * The matrix product: tiles of 6 rows by 2 vectors, whose 12 sums stay in registers over a block of
 * depth. Larger tiles, unrolling by hand and vectors of another width all make C2 spill or box.
 *
 * <p>Packed order: {@code data[0]} holds [block of {@value #BLOCK} depth][panel][k][WIDTH], so that
 * a tile reads it in sequence.
 */
final class VectorProduct {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Columns of a panel. */
  static final int WIDTH = 2 * LANES;

  /** Rows of a tile. */
  static final int ROWS = 6;

  /** Depth that a panel covers without leaving the second-level cache. */
  private static final int BLOCK = 512;

  /**
   * Index of the first element: 64 bytes into an array with its header of 16, which large arrays
   * have aligned under G1. Loads that straddle cache lines cost about 5 %.
   */
  private static final int FIRST = 12;

  private VectorProduct() {}

  static void resize(PackedMatrix matrix, int depth, int cols) {
    int padded = panels(cols) * WIDTH;
    int size = Math.addExact(Math.multiplyExact(depth, padded), FIRST);
    float[][] data = matrix.data();
    if (data.length == 0 || data[0].length < size) {
      data = new float[][] {new float[size]};
    }
    matrix.set(depth, cols, padded, data);
  }

  private static int panels(int cols) {
    return (cols + WIDTH - 1) / WIDTH;
  }

  /** Index of element (k, 0) of a panel. */
  private static int index(PackedMatrix matrix, int panel, int k) {
    int blockStart = k / BLOCK * BLOCK;
    int blockDepth = Math.min(BLOCK, matrix.depth() - blockStart);
    int before = blockStart * panels(matrix.cols());
    return FIRST + (before + panel * blockDepth + k - blockStart) * WIDTH;
  }

  static void pack(
      PackedMatrix to,
      int toDepth,
      int depth,
      float[] from,
      int offset,
      int depthStride,
      int colStride) {
    for (int panel = 0; panel < panels(to.cols()); panel++) {
      int first = panel * WIDTH;
      int cols = Math.min(WIDTH, to.cols() - first);
      for (int k = 0; k < depth; k++) {
        int at = offset + k * depthStride + first * colStride;
        packRow(from, at, colStride, to.data()[0], index(to, panel, toDepth + k), cols);
      }
    }
  }

  private static void packRow(float[] from, int at, int stride, float[] to, int index, int cols) {
    if (stride == 1) {
      System.arraycopy(from, at, to, index, cols);
    } else {
      for (int n = 0; n < cols; n++) {
        to[index + n] = from[at + n * stride];
      }
    }
    for (int n = cols; n < WIDTH; n++) {
      to[index + n] = 0f;
    }
  }

  static void multiply(Rows a, int rows, PackedMatrix b, int panel, int from, int to, Strip strip) {
    float[] values = a.data();
    int aStride = a.stride();
    float[] c = strip.values();
    float[] start = b.bias(); // of the sums; the strip itself from the second block of depth on
    int startOffset = panel * WIDTH;
    int startStride = 0;
    int k = from;
    do {
      int end = Math.min(to, k / BLOCK * BLOCK + BLOCK);
      int at = index(b, panel, k);
      for (int r = 0; r < rows; r += ROWS) {
        int first = a.offset() + r * aStride + k;
        int last = Math.min(ROWS, rows - r) - 1;
        int startAt = startOffset + r * startStride;
        tile(
            values,
            first,
            aStride,
            last,
            b.data()[0],
            at,
            end - k,
            start,
            startAt,
            startStride,
            c,
            r * WIDTH);
      }
      start = c;
      startOffset = 0;
      startStride = WIDTH;
      k = end;
    } while (k < to);
  }

  /**
   * c[r] = start[r] + sum over k of a[r, k] b[k] for six rows and one panel. Rows of a beyond
   * {@code last} are row {@code last} again: their sums are computed and never read.
   *
   * <p>The loop counts in the first row of a: counting from 0, every third start of Java 17
   * compiled it to something a quarter slower.
   */
  private static void tile(
      float[] a,
      int aOffset,
      int aStride,
      int last,
      float[] b,
      int bOffset,
      int depth,
      float[] start,
      int startOffset,
      int startStride,
      float[] c,
      int cOffset) {
    final int a1 = Math.min(1, last) * aStride;
    final int a2 = Math.min(2, last) * aStride;
    final int a3 = Math.min(3, last) * aStride;
    final int a4 = Math.min(4, last) * aStride;
    final int a5 = Math.min(5, last) * aStride;
    int s = startOffset;
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
    final int end = aOffset + depth;
    for (int k = aOffset; k < end; k++) {
      int at = bOffset + (k - aOffset) * WIDTH;
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, at);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, at + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[k]);
      c00 = b0.fma(x0, c00);
      c01 = b1.fma(x0, c01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      c10 = b0.fma(x1, c10);
      c11 = b1.fma(x1, c11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      c20 = b0.fma(x2, c20);
      c21 = b1.fma(x2, c21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      c30 = b0.fma(x3, c30);
      c31 = b1.fma(x3, c31);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + k]);
      c40 = b0.fma(x4, c40);
      c41 = b1.fma(x4, c41);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + k]);
      c50 = b0.fma(x5, c50);
      c51 = b1.fma(x5, c51);
    }
    c00.intoArray(c, cOffset);
    c01.intoArray(c, cOffset + LANES);
    c10.intoArray(c, cOffset + WIDTH);
    c11.intoArray(c, cOffset + WIDTH + LANES);
    c20.intoArray(c, cOffset + 2 * WIDTH);
    c21.intoArray(c, cOffset + 2 * WIDTH + LANES);
    c30.intoArray(c, cOffset + 3 * WIDTH);
    c31.intoArray(c, cOffset + 3 * WIDTH + LANES);
    c40.intoArray(c, cOffset + 4 * WIDTH);
    c41.intoArray(c, cOffset + 4 * WIDTH + LANES);
    c50.intoArray(c, cOffset + 5 * WIDTH);
    c51.intoArray(c, cOffset + 5 * WIDTH + LANES);
  }
}

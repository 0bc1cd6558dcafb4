package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import org.qieemo.kernels.cpu.PackedMatrix;
import org.qieemo.kernels.cpu.Rows;
import org.qieemo.kernels.cpu.Strip;

/**
 * The matrix product. For each block of depth the rows of a are copied behind one another with a
 * constant stride, then {@link TileOf8} or {@link TileOf6} goes over groups of rows for one narrow
 * panel of b after the other: the panel stays in the first-level cache, the copied rows in the
 * second.
 *
 * <p>Packed order: {@code data[0]} holds [block of {@value #BLOCK} depth][narrow panel][k][WIDTH],
 * so that a tile reads it in sequence. A panel of the outside, {@value #PANEL} columns, is several
 * narrow ones.
 */
final class VectorProduct {
  private static final int LANES = FloatVector.SPECIES_PREFERRED.length();

  /** Columns of a narrow panel. */
  static final int WIDTH = 2 * LANES;

  /** Columns of a panel as {@link org.qieemo.kernels.cpu.CpuKernels} counts them. */
  static final int PANEL = 256;

  /** Rows of a strip: a multiple of the rows of both tiles. */
  static final int STRIP_ROWS = 96;

  /** Depth over which the sums stay in registers: a narrow panel of it is 32 KiB at most. */
  private static final int BLOCK = 256;

  /** From one copied row of a to the next: no power of two, whose rows would share cache lines. */
  static final int STRIDE = BLOCK + 16;

  /** Tiles of eight rows need 32 vector registers, which every 512-bit machine has. */
  private static final boolean WIDE = LANES >= 16;

  private static final int TILE_ROWS = WIDE ? TileOf8.ROWS : TileOf6.ROWS;

  /**
   * Index of the first element: 64 bytes into an array with its header of 16, which large arrays
   * have aligned under G1. Loads that straddle cache lines cost about 5 %.
   */
  private static final int FIRST = 12;

  private VectorProduct() {}

  /** Memory for the copied rows of one strip and for a decoded block of a narrow panel. */
  static float[][] newScratch() {
    return new float[][] {new float[FIRST + STRIP_ROWS * STRIDE], new float[FIRST + BLOCK * WIDTH]};
  }

  static void resize(PackedMatrix matrix, int depth, int cols) {
    int padded = narrowPanels(cols) * WIDTH;
    int size = Math.addExact(Math.multiplyExact(depth, padded), FIRST);
    float[][] data = matrix.data();
    if (data.length == 0 || data[0].length < size) {
      data = new float[][] {new float[size]};
    }
    matrix.set(depth, cols, padded, data);
  }

  /** Narrow panels of {@code cols} columns. */
  static int narrowPanels(int cols) {
    return (cols + WIDTH - 1) / WIDTH;
  }

  /** Index of element (k, 0) of a narrow panel. */
  private static int index(PackedMatrix matrix, int narrow, int k) {
    return FIRST + position(matrix, narrow, k);
  }

  /** Elements that the packed order has before element (k, 0) of a narrow panel. */
  static int position(PackedMatrix matrix, int narrow, int k) {
    int blockStart = k / BLOCK * BLOCK;
    int blockDepth = Math.min(BLOCK, matrix.depth() - blockStart);
    int before = blockStart * narrowPanels(matrix.cols());
    return (before + narrow * blockDepth + k - blockStart) * WIDTH;
  }

  static void pack(
      PackedMatrix to,
      int toDepth,
      int depth,
      float[] from,
      int offset,
      int depthStride,
      int colStride) {
    for (int narrow = 0; narrow < narrowPanels(to.cols()); narrow++) {
      int first = narrow * WIDTH;
      int cols = Math.min(WIDTH, to.cols() - first);
      for (int k = 0; k < depth; k++) {
        int at = offset + k * depthStride + first * colStride;
        packRow(from, at, colStride, to.data()[0], index(to, narrow, toDepth + k), cols);
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
    int k = from;
    do {
      int end = Math.min(to, k / BLOCK * BLOCK + BLOCK);
      copy(a, rows, k, end - k, strip.scratch(0));
      int last = Math.min(narrowPanels(b.cols()), (panel + 1) * (PANEL / WIDTH));
      for (int narrow = panel * (PANEL / WIDTH); narrow < last; narrow++) {
        if (k == from) {
          tiles(rows, b, narrow, k, end - k, b.bias(), narrow * WIDTH, 0, strip);
        } else {
          int column = narrow * WIDTH % PANEL;
          tiles(rows, b, narrow, k, end - k, strip.values(), column, PANEL, strip);
        }
      }
      k = end;
    } while (k < to);
  }

  private static void copy(Rows a, int rows, int k, int depth, float[] to) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(a.data(), a.offset() + r * a.stride() + k, to, FIRST + r * STRIDE, depth);
    }
  }

  /**
   * All rows by one narrow panel and one block of depth. The last tile may compute rows beyond,
   * from what lies in the scratch: their sums are never read.
   */
  private static void tiles(
      int rows,
      PackedMatrix b,
      int narrow,
      int k,
      int depth,
      float[] start,
      int startOffset,
      int startStride,
      Strip strip) {
    float[] a = strip.scratch(0);
    float[] weights;
    int at;
    if (b.isQuantized()) {
      weights = strip.scratch(1);
      at = FIRST;
      QuantizedPanel.decode(b, narrow, k, depth, weights, at);
    } else {
      weights = b.data()[0];
      at = index(b, narrow, k);
    }
    float[] c = strip.values();
    int column = narrow * WIDTH % PANEL;
    for (int r = 0; r < rows; r += TILE_ROWS) {
      int row = FIRST + r * STRIDE;
      int init = startOffset + r * startStride;
      int to = r * PANEL + column;
      if (WIDE) {
        TileOf8.multiply(a, row, weights, at, depth, start, init, startStride, c, to);
      } else {
        TileOf6.multiply(a, row, weights, at, depth, start, init, startStride, c, to);
      }
    }
  }
}

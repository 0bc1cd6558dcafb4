package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import org.qieemo.kernels.cpu.PackedMatrix;
import org.qieemo.kernels.cpu.Rows;
import org.qieemo.kernels.cpu.Strip;

/**
 * The matrix product. For each block of depth the rows of a are copied behind one another with a
 * constant stride, then {@link TileOf8} or {@link TileOf6} goes over groups of rows for one narrow
 * panel of b after the other: the panel stays in the first-level cache, the copied rows in the
 * second. While a panel is multiplied, the tiles touch the weights of the panel behind it, little
 * by little: they come from beyond the second-level cache at a quarter of the speed at which a tile
 * could use them, so that otherwise the first tiles of each panel would wait. A tile that reads
 * from a third array runs out of registers: what is next of Q8_0, a quarter of the bytes, is
 * touched between tiles.
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

  /**
   * Rows of a strip, a multiple of the rows of both tiles: the first tile waits for a panel's
   * weights to come from beyond the second-level cache, and the more rows follow, the less it
   * counts. Three strips, some 600 KiB, still leave room there for the weights at work.
   */
  static final int STRIP_ROWS = 192;

  /** Depth over which the sums stay in registers: a narrow panel of it is 32 KiB at most. */
  private static final int BLOCK = 256;

  /**
   * From one copied row of a to the next, and from one row of a strip to the next, so that a strip
   * can be multiplied where it lies: no power of two, whose rows would share cache lines.
   */
  static final int STRIDE = BLOCK + 16;

  /**
   * Tiles of eight rows need 32 vector registers, which every 512-bit machine has. The last tiles
   * may have six there too, so that fewer rows are computed for nothing: of 124 none instead of 4.
   */
  private static final boolean WIDE = LANES >= 16;

  private static final int[] SIXES = sixes();

  /**
   * Index of the first element: 64 bytes into an array with its header of 16, which large arrays
   * have aligned under G1. Loads that straddle cache lines cost about 5 %.
   */
  private static final int FIRST = 12;

  private VectorProduct() {}

  /** Memory for the copied rows of one strip and for a decoded block of a narrow panel. */
  static float[][] newScratch() {
    return new float[][] {new float[STRIP_ROWS * STRIDE], new float[FIRST + BLOCK * WIDTH]};
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

  /** strip = bias + a b for the depths [from, to) and one panel. */
  static void multiply(Rows a, int rows, PackedMatrix b, int panel, int from, int to, Strip strip) {
    int end = endOfBlock(from, to);
    block(a, rows, b, panel, from, end, true, strip);
    multiplyAdd(a, rows, b, panel, end, to, strip);
  }

  /** strip += a b for the depths [from, to) and one panel. */
  static void multiplyAdd(
      Rows a, int rows, PackedMatrix b, int panel, int from, int to, Strip strip) {
    for (int k = from; k < to; k = endOfBlock(k, to)) {
      block(a, rows, b, panel, k, endOfBlock(k, to), false, strip);
    }
  }

  private static int endOfBlock(int k, int to) {
    return Math.min(to, k / BLOCK * BLOCK + BLOCK);
  }

  /** All rows by one panel, for depths of one block. */
  private static void block(
      Rows a, int rows, PackedMatrix b, int panel, int from, int to, boolean fresh, Strip strip) {
    float[] data = a.data();
    int at = a.offset() + from;
    if (!inPlace(a, rows, to)) {
      copy(a, rows, from, to - from, strip.scratch(0));
      data = strip.scratch(0);
      at = 0;
    }
    int last = Math.min(narrowPanels(b.cols()), (panel + 1) * (PANEL / WIDTH));
    for (int narrow = panel * (PANEL / WIDTH); narrow < last; narrow++) {
      tiles(data, at, rows, b, narrow, from, to - from, fresh, strip);
    }
  }

  /** Whether the tiles can read a where it lies, with the rows beyond that the last tile reads. */
  private static boolean inPlace(Rows a, int rows, int to) {
    int read = rowsOfEight(rows) + sixes(rows) * TileOf6.ROWS;
    return a.stride() == STRIDE && a.offset() + (read - 1) * STRIDE + to <= a.data().length;
  }

  private static void copy(Rows a, int rows, int k, int depth, float[] to) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(a.data(), a.offset() + r * a.stride() + k, to, r * STRIDE, depth);
    }
  }

  /**
   * All rows by one narrow panel and one block of depth. The last tile may compute rows beyond,
   * from what lies behind the last row: their sums are never read.
   *
   * @param fresh whether the sums start from the bias, not from the strip
   */
  private static void tiles(
      float[] a,
      int aOffset,
      int rows,
      PackedMatrix b,
      int narrow,
      int k,
      int depth,
      boolean fresh,
      Strip strip) {
    int eights = rowsOfEight(rows);
    int tiles = eights / TileOf8.ROWS + sixes(rows);
    float[] weights = b.isQuantized() ? strip.scratch(1) : b.data()[0];
    int at = b.isQuantized() ? FIRST : index(b, narrow, k);
    int step = b.isQuantized() ? 0 : step(weights, depth, tiles);
    if (b.isQuantized()) {
      QuantizedPanel.decode(b, narrow, k, depth, weights, at);
    }
    int ahead = step == 0 ? 0 : Math.min(at + depth * WIDTH, weights.length - tiles * depth * step);
    float[] c = strip.values();
    float[] start = fresh ? b.bias() : c;
    int startStride = fresh ? 0 : STRIDE;
    int column = narrow * WIDTH % PANEL;
    int seen = 0;
    int tile = 0;
    for (int r = 0; r < rows; r += r < eights ? TileOf8.ROWS : TileOf6.ROWS) {
      int row = aOffset + r * STRIDE;
      int to = r * STRIDE + column;
      int init = fresh ? narrow * WIDTH : to;
      seen ^=
          r < eights
              ? TileOf8.multiply(
                  a, row, weights, at, depth, start, init, startStride, c, to, ahead, step)
              : TileOf6.multiply(
                  a, row, weights, at, depth, start, init, startStride, c, to, ahead, step);
      ahead += depth * step;
      if (b.isQuantized()) {
        seen ^= QuantizedPanel.touch(b, narrow, k, depth, tile, tiles);
      }
      tile++;
    }
    strip.scratch(1)[0] = Float.intBitsToFloat(seen);
  }

  /** How many of the last tiles of a strip have six rows. */
  private static int sixes(int rows) {
    return WIDE ? SIXES[rows] : (rows + TileOf6.ROWS - 1) / TileOf6.ROWS;
  }

  /** Rows in tiles of eight, in front of those of six. */
  private static int rowsOfEight(int rows) {
    int left = WIDE ? Math.max(0, rows - SIXES[rows] * TileOf6.ROWS) : 0;
    return (left + TileOf8.ROWS - 1) / TileOf8.ROWS * TileOf8.ROWS;
  }

  /** For each number of rows that number of tiles of six with which the fewest are beyond. */
  private static int[] sixes() {
    int[] best = new int[STRIP_ROWS + 1];
    for (int rows = 1; rows < best.length; rows++) {
      int fewest = Integer.MAX_VALUE;
      for (int sixes = 0; (sixes - 1) * TileOf6.ROWS < rows && sixes < TileOf8.ROWS / 2; sixes++) {
        int left = Math.max(0, rows - sixes * TileOf6.ROWS);
        int computed =
            (left + TileOf8.ROWS - 1) / TileOf8.ROWS * TileOf8.ROWS + sixes * TileOf6.ROWS;
        if (computed < fewest) {
          fewest = computed;
          best[rows] = sixes;
        }
      }
    }
    return best;
  }

  /**
   * From one weight that a tile touches to the next, so that the tiles of a strip together touch
   * all of the panel that lies behind theirs; 0 for none, where there is no such panel.
   */
  private static int step(float[] weights, int depth, int tiles) {
    int step = (WIDTH + tiles - 1) / tiles;
    return (long) tiles * depth * step <= weights.length ? step : 0;
  }
}

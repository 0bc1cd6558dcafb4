package org.qieemo.kernels.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.qieemo.kernels.cpu.PackedMatrix;
import org.qieemo.kernels.cpu.Rows;
import org.qieemo.kernels.cpu.Strip;

/**
 * The matrix product. For each block of depth the rows of a are copied behind one another with a
 * constant stride, then tiles go over groups of rows for one narrow panel of b after the other: the
 * panel stays in the first-level cache, the copied rows in the second. While a panel is multiplied,
 * the tiles touch the weights of the panel behind it, little by little: they come from beyond the
 * second-level cache at a quarter of the speed at which a tile could use them, so that otherwise
 * the first tiles of each panel would wait.
 *
 * <p>Packed order: {@code data[0]} holds [block of {@link #BLOCK} depth][narrow panel][k][columns
 * of the narrow panel], so that a tile reads it in sequence. A panel of the outside, {@value
 * #PANEL} columns, is several narrow ones. The last narrow panel has half the columns where they
 * hold what is left.
 */
final class VectorProduct {
  private static final int LANES = FloatVector.SPECIES_PREFERRED.length();

  /** Whether there are registers for tiles of four vectors; every 512-bit machine has 32. */
  private static final boolean WIDE = LANES >= 16;

  /** Columns of a narrow panel, but for the last. */
  static final int WIDTH = WIDE ? Tile6x4.WIDTH : Tile6x2.WIDTH;

  /** Columns of a panel as {@link org.qieemo.kernels.cpu.CpuKernels} counts them. */
  static final int PANEL = 256;

  /**
   * Rows of a strip, a multiple of the rows of the tallest tile: the first tile waits for a panel's
   * weights to come from beyond the second-level cache, and the more rows follow, the less it
   * counts. Three strips, some 700 KiB, still leave room there for the weights at work.
   */
  static final int STRIP_ROWS = 216;

  /** Depth over which the sums stay in registers: a narrow panel of it is 32 KiB at most. */
  static final int BLOCK = WIDE ? 128 : 256;

  /**
   * From one copied row of a to the next, and from one row of a strip to the next, so that a strip
   * can be multiplied where it lies: no power of two, whose rows would share cache lines.
   */
  static final int STRIDE = PANEL + 16;

  /** For a number of rows how many of the tiles have five of them, the others six. */
  private static final int[] FIVES = fives();

  private VectorProduct() {}

  static void resize(PackedMatrix matrix, int depth, int cols) {
    int padded = paddedColumns(cols);
    matrix.setSingle(depth, cols, padded, Math.multiplyExact(depth, padded));
  }

  /** Narrow panels of {@code cols} columns. */
  static int narrowPanels(int cols) {
    return (cols + WIDTH - 1) / WIDTH;
  }

  /** Columns of a narrow panel of {@code cols} columns. */
  static int width(int cols, int narrow) {
    return WIDE && cols - narrow * WIDTH <= Tile6x2.WIDTH ? Tile6x2.WIDTH : WIDTH;
  }

  /** Columns of all narrow panels of {@code cols} columns. */
  static int paddedColumns(int cols) {
    int last = narrowPanels(cols) - 1;
    return last * WIDTH + width(cols, last);
  }

  /** Index of element (k, 0) of a narrow panel. */
  private static int index(PackedMatrix matrix, int narrow, int k) {
    return matrix.first() + position(matrix, narrow, k);
  }

  /** Elements that the packed order has before element (k, 0) of a narrow panel. */
  static int position(PackedMatrix matrix, int narrow, int k) {
    int blockStart = k / BLOCK * BLOCK;
    int blockDepth = Math.min(BLOCK, matrix.depth() - blockStart);
    int before = blockStart * paddedColumns(matrix.cols()) + narrow * blockDepth * WIDTH;
    return before + (k - blockStart) * width(matrix.cols(), narrow);
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
      int width = width(to.cols(), narrow);
      int cols = Math.min(width, to.cols() - first);
      for (int k = 0; k < depth; k++) {
        int at = offset + k * depthStride + first * colStride;
        int into = index(to, narrow, toDepth + k);
        packRow(from, at, colStride, to.data()[0], into, cols);
        Arrays.fill(to.data()[0], into + cols, into + width, 0f);
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
    VectorScratch scratch = (VectorScratch) strip.scratch();
    TileOperands tile = scratch.tile;
    boolean inPlace = inPlace(a, rows, to);
    if (!inPlace) {
      copy(a, rows, from, to - from, scratch.rows);
    }
    tile.a = inPlace ? a.data() : scratch.rows;
    int at = inPlace ? a.offset() + from : 0;
    int last = Math.min(narrowPanels(b.cols()), (panel + 1) * (PANEL / WIDTH));
    for (int narrow = panel * (PANEL / WIDTH); narrow < last; narrow++) {
      tiles(at, rows, b, narrow, from, to - from, fresh, strip);
    }
  }

  /** Whether the tiles can read a where it lies, with the rows beyond that the last tile reads. */
  private static boolean inPlace(Rows a, int rows, int to) {
    int read = (rows + Tile6x4.ROWS - 1) / Tile6x4.ROWS * Tile6x4.ROWS;
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
      int aOffset,
      int rows,
      PackedMatrix b,
      int narrow,
      int k,
      int depth,
      boolean fresh,
      Strip strip) {
    int width = width(b.cols(), narrow);
    int fives = width == Tile5x4.WIDTH ? FIVES[rows] : 0;
    int sixes = sixes(rows, fives);
    TileOperands tile = ((VectorScratch) strip.scratch()).tile;
    weights(b, narrow, k, depth, (sixes + fives) * depth, strip);
    tile.start = fresh ? b.bias() : strip.values();
    tile.startStride = fresh ? 0 : STRIDE;
    tile.c = strip.values();
    int column = narrow * WIDTH % PANEL;
    for (int i = 0; i < sixes + fives; i++) {
      int row = i < sixes ? i * Tile6x4.ROWS : rows(sixes, i - sixes);
      tile.aAt = aOffset + row * STRIDE;
      tile.cAt = strip.row(row) + column;
      tile.startAt = fresh ? narrow * WIDTH : tile.cAt;
      if (width == Tile6x2.WIDTH) {
        Tile6x2.multiply(tile);
      } else if (i < sixes) {
        Tile6x4.multiply(tile);
      } else {
        Tile5x4.multiply(tile);
      }
    }
  }

  /**
   * Points the tile to one block of a narrow panel, decoded if it is compact, and to what is next.
   *
   * @param touches steps of all tiles together
   */
  private static void weights(
      PackedMatrix b, int narrow, int k, int depth, int touches, Strip strip) {
    VectorScratch scratch = (VectorScratch) strip.scratch();
    TileOperands tile = scratch.tile;
    tile.depth = depth;
    if (b.isCompact()) {
      tile.b = scratch.panel;
      tile.bAt = scratch.panelAt;
      CompactPanel.decode(b, narrow, k, depth, tile.b, tile.bAt);
      int words = CompactPanel.words(b, narrow, depth);
      next(tile, b.words(), CompactPanel.word(b, narrow, k), words, touches);
    } else {
      tile.b = b.data()[0];
      tile.bAt = index(b, narrow, k);
      next(tile, tile.b, tile.bAt, depth * width(b.cols(), narrow), touches);
    }
  }

  /**
   * Points the tile to what lies behind {@code size} elements from {@code at} on, as much again.
   */
  private static void next(TileOperands tile, float[] weights, int at, int size, int touches) {
    int step = (size + touches - 1) / touches;
    boolean reaches = (long) touches * step <= weights.length; // else there are too few
    tile.next = weights;
    tile.step = reaches ? step : 0;
    tile.ahead = reaches ? Math.min(at + size, weights.length - touches * step) : 0;
  }

  /** Rows that tiles of six and five rows have together. */
  private static int rows(int sixes, int fives) {
    return sixes * Tile6x4.ROWS + fives * Tile5x4.ROWS;
  }

  /** How many tiles of six rows hold what {@code fives} tiles of five rows leave. */
  private static int sixes(int rows, int fives) {
    return (Math.max(0, rows - fives * Tile5x4.ROWS) + Tile6x4.ROWS - 1) / Tile6x4.ROWS;
  }

  /** For each number of rows the number of tiles of five with which the fewest are beyond. */
  private static int[] fives() {
    int[] best = new int[STRIP_ROWS + 1];
    for (int rows = 1; rows < best.length; rows++) {
      for (int fives = 1; fives < Tile6x4.ROWS && (fives - 1) * Tile5x4.ROWS < rows; fives++) {
        if (rows(sixes(rows, fives), fives) < rows(sixes(rows, best[rows]), best[rows])) {
          best[rows] = fives;
        }
      }
    }
    return best;
  }
}

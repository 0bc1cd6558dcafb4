package org.qieemo.kernels.cpu;

/** How many rows an item takes. */
final class RowBlocks {
  private static final int TOGETHER = 24; // a multiple of the rows of every kernel's tile

  private RowBlocks() {}

  /**
   * Rows of a block: as even as whole tiles allow, and so many blocks as are wanted if there are
   * rows enough.
   *
   * @param most rows that a block may have
   */
  static int size(int rows, int most, int wanted) {
    int size = most;
    while (count(rows, size) < wanted && size >= 2 * TOGETHER) {
      size /= 2;
    }
    int even = count(rows, Math.max(1, count(rows, size)));
    return Math.min(size, Math.max(1, count(even, TOGETHER)) * TOGETHER);
  }

  /** Blocks of {@code size} that hold {@code rows}. */
  static int count(int rows, int size) {
    return (rows + size - 1) / size;
  }
}

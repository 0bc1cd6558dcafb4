package org.qieemo.kernels.cpu;

/** How many rows an item takes. */
final class RowBlocks {
  /** Of fewer rows per item each would wait for its weights longer than it multiplies. */
  private static final int WORTHWHILE = 48;

  /** Of fewer rows a second thread is of no use. */
  private static final int FEWEST = 24;

  private static final int TOGETHER = 6; // rows of the tallest tile

  private RowBlocks() {}

  /**
   * Rows of a block: as even as whole tiles allow, and so many blocks as are wanted if there are
   * rows enough, the same number for each thread.
   *
   * @param most rows that a block may have
   */
  static int size(int rows, int most, int wanted, int threads) {
    int shared = Math.min(threads, Math.max(1, rows / FEWEST));
    int blocks = Math.max(shared, Math.min(wanted, rows / WORTHWHILE));
    blocks = Math.max(blocks, count(rows, most));
    blocks = count(blocks, shared) * shared;
    int even = Math.max(1, count(rows, blocks));
    return Math.min(most, count(even, TOGETHER) * TOGETHER);
  }

  /** Blocks of {@code size} that hold {@code rows}. */
  static int count(int rows, int size) {
    return (rows + size - 1) / size;
  }
}

package org.qieemo.kernels.cpu;

import java.util.Arrays;
import org.qieemo.kernels.Segments;

/** The rows of segments cut into blocks of bounded size; no block spans two segments. Reusable. */
final class Blocks {
  private int[] segment = new int[16];
  private int[] first = new int[16];
  private int count;
  private int limit;

  /**
   * Cuts.
   *
   * @param rowsPerStep rows for each unit of the segments (bins of a frame), otherwise 1
   * @param rowsPerBlock most rows of a block
   */
  void cut(Segments segments, int rowsPerStep, int rowsPerBlock) {
    count = 0;
    limit = rowsPerBlock;
    for (int s = 0; s < segments.count(); s++) {
      int rows = segments.length(s) * rowsPerStep;
      for (int r = 0; r < rows; r += rowsPerBlock) {
        add(s, r);
      }
    }
  }

  /** Cuts the rows that are no context. */
  void cutQueries(Segments segments, int rowsPerBlock) {
    count = 0;
    limit = rowsPerBlock;
    for (int s = 0; s < segments.count(); s++) {
      for (int r = segments.context(s); r < segments.length(s); r += rowsPerBlock) {
        add(s, r);
      }
    }
  }

  private void add(int s, int row) {
    if (count == segment.length) {
      segment = Arrays.copyOf(segment, 2 * count);
      first = Arrays.copyOf(first, 2 * count);
    }
    segment[count] = s;
    first[count] = row;
    count++;
  }

  int count() {
    return count;
  }

  /** Segment of a block. */
  int segment(int block) {
    return segment[block];
  }

  /** First row of a block, counted from the start of its segment. */
  int first(int block) {
    return first[block];
  }

  /** Rows of a block in a segment of {@code segmentRows} rows. */
  int rows(int block, int segmentRows) {
    return Math.min(limit, segmentRows - first[block]);
  }
}

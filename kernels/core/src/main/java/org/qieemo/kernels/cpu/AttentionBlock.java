package org.qieemo.kernels.cpu;

import java.util.Arrays;
import org.qieemo.kernels.PositionTerm;

/**
 * Some queries of one segment and head against the keys that they see: scores, softmax, values. One
 * per thread, reused; not thread-safe.
 *
 * <p>Scores come from one product with the keys, to which {@link AttentionTask} has added the
 * positions for KEY; RELATIVE and LEGACY take a second product with the positions and add its rows
 * shifted. Each panel of keys has a strip of scores, which become weights and are multiplied by the
 * values where they lie; what the weights of a row sum up to divides its result.
 */
final class AttentionBlock {
  /** Most queries of a block, a multiple of every tile's rows. */
  private static final int ROWS = 96;

  private static final int TILES = 24; // rows: whole tiles of all kernels

  /** Scores are exponentiated in multiples of this, a multiple of every vector's lanes. */
  private static final int TOGETHER = 16;

  private static final int QUERIES = 0;
  private static final int SHIFTED = 1;

  private final CpuKernels kernels;
  private final ThreadScratch scratch;
  private final int width; // of a panel
  private final int most; // queries of a block
  private final float[] tops = new float[ROWS]; // largest score of each row
  private final float[] sums = new float[ROWS]; // of each row's weights
  private Strip[] strips = new Strip[0]; // [panel of keys]: [most, width] scores, then weights
  private AttentionTask task;
  private CpuAttention attention;
  private int segment;
  private int head;
  private int first; // query row inside the segment
  private int rows;
  private int frames; // of the segment
  private int from; // first key that any of the queries sees
  private int to; // one past the last
  private int dk;
  private float[] queries; // [most + 1, 2 dk]: (q + u, q + v) / sqrt(dk), or q / sqrt(dk) alone
  private float[] shifted; // [most + 1, shiftStride]: (q + v) p / sqrt(dk)
  private int shiftBase; // position in column 0 of shifted
  private int shiftStride;

  AttentionBlock(CpuKernels kernels, ThreadScratch scratch) {
    this.kernels = kernels;
    this.scratch = scratch;
    width = kernels.panelWidth();
    most = mostRows(kernels);
  }

  /** Most queries of a block; one more must fit a strip. */
  static int mostRows(CpuKernels kernels) {
    return Math.min(ROWS, (kernels.stripRows() - 1) / TILES * TILES);
  }

  /** Chooses what to work on; {@link #run} follows. */
  void place(AttentionTask of, int ofSegment, int ofHead, int firstRow, int rowCount) {
    task = of;
    attention = of.attention();
    segment = ofSegment;
    head = ofHead;
    first = firstRow;
    rows = rowCount;
    frames = task.segments().length(segment);
    dk = attention.headWidth();
    from = attention.mask().from(first);
    to = attention.mask().to(first + rows - 1, frames);
  }

  void run() {
    growStrips(ceil(to) / width);
    Rows byKeys = queries();
    PackedMatrix keys = task.keys(segment, head);
    for (int panel = from / width; panel * width < to; panel++) {
      kernels.multiply(byKeys, rows, keys, panel, 0, dk, strips[panel]);
    }
    if (attention.term() == PositionTerm.RELATIVE) {
      addRelative();
    } else if (attention.term() == PositionTerm.LEGACY) {
      addLegacy();
    }
    exponentiate();
    applyToValues();
  }

  private void growStrips(int count) {
    if (strips.length < count) {
      int known = strips.length;
      strips = Arrays.copyOf(strips, count);
      for (int i = known; i < count; i++) {
        strips[i] = scratch.newStrip(most);
      }
    }
  }

  /** The columns of all panels that hold {@code cols} columns. */
  private int ceil(int cols) {
    return (cols + width - 1) / width * width;
  }

  /** First key that query {@code i} of the block sees. */
  private int begin(int i) {
    return attention.mask().from(first + i);
  }

  /** One past the last key that query {@code i} of the block sees. */
  private int end(int i) {
    return attention.mask().to(first + i, frames);
  }

  /** LEGACY looks at the query after its own too. */
  private int rowsAndNext() {
    return Math.min(rows + 1, frames - first);
  }

  /** What the keys are multiplied by: for KEY the queries as they are, as the keys are scaled. */
  private Rows queries() {
    if (attention.term() == PositionTerm.KEY) {
      CpuTensor q = task.q();
      int at = q.row(task.segments().start(segment) + first) + head * dk;
      return scratch.first().at(q.data(), at, q.stride());
    }
    fillQueries();
    return scratch.first().at(queries, 0, 2 * dk);
  }

  private void fillQueries() {
    queries = scratch.buffer(QUERIES, (most + 1L) * 2 * dk);
    CpuTensor q = task.q();
    int col = head * dk;
    int count = rowsAndNext();
    for (int i = 0; i < count; i++) {
      int at = q.row(task.segments().start(segment) + first + i) + col;
      Rows query = scratch.first().at(q.data(), at, dk);
      if (attention.shifts()) {
        addBias(query, attention.biasU(), col, i * 2 * dk);
        addBias(query, attention.biasV(), col, i * 2 * dk + dk);
      } else {
        Rows scaled = scratch.result().at(queries, i * 2 * dk, dk);
        kernels.scaledSum(attention.scale(), query, 0, query, scaled, dk);
      }
    }
  }

  /** queries[into..] = (query + bias[col..]) / sqrt(dk). */
  private void addBias(Rows query, float[] bias, int col, int into) {
    float scale = attention.scale();
    Rows by = scratch.second().at(bias, col, dk);
    kernels.scaledSum(scale, query, scale, by, scratch.result().at(queries, into, dk), dk);
  }

  /** Products of the first {@code count} queries with the positions [begin, end). */
  private void multiplyPositions(int count, int begin, int end) {
    shifted = scratch.buffer(SHIFTED, (most + 1L) * ceil(task.positionRows()));
    shiftBase = begin / width * width;
    shiftStride = ceil(end) - shiftBase;
    Rows byPlaces = scratch.first().at(queries, dk, 2 * dk);
    PackedMatrix places = task.places(head);
    Strip strip = scratch.strip();
    for (int panel = begin / width; panel * width < end; panel++) {
      kernels.multiply(byPlaces, count, places, panel, 0, dk, strip);
      int cols = Math.min(width, places.cols() - panel * width);
      kernels.storeStrip(strip, count, cols, shifted, panel * width - shiftBase, shiftStride);
    }
  }

  /** Adds (q_i + v).p_(middle - i + j). */
  private void addRelative() {
    int middle = task.positionRows() / 2;
    multiplyPositions(rows, middle - (first + rows - 1) + from, middle - first + to);
    for (int i = 0; i < rows; i++) {
      addShifted(i, i, middle - (first + i), begin(i), end(i));
    }
  }

  /** Adds ESPnet's legacy term: row i up to its own key, row i + 1 beyond the key after. */
  private void addLegacy() {
    multiplyPositions(rowsAndNext(), 0, frames);
    for (int i = 0; i < rows; i++) {
      int row = first + i;
      addShifted(i, i, frames - 1 - row, begin(i), Math.min(end(i), row + 1));
      addShifted(i, i + 1, -row - 2, Math.max(begin(i), row + 2), end(i));
    }
  }

  /** score[i, j] += shifted[query, shift + j] for j in [begin, end). */
  private void addShifted(int i, int query, int shift, int begin, int end) {
    for (int j = begin; j < end; j = (j / width + 1) * width) {
      int count = Math.min(end, (j / width + 1) * width) - j;
      int by = query * shiftStride - shiftBase + shift + j;
      Rows sum =
          scratch
              .result()
              .at(strips[j / width].values(), strips[j / width].row(i) + j % width, width);
      Rows term = scratch.first().at(shifted, by, shiftStride);
      kernels.scaledSum(1, sum, 1, term, sum, count);
    }
  }

  /**
   * Scores become e^(score - largest of the query), zeros for the keys that it does not see; leaves
   * what they sum up to in {@link #sums}.
   */
  private void exponentiate() {
    for (int i = 0; i < rows; i++) {
      float top = hide(i);
      tops[i] = top == Float.NEGATIVE_INFINITY ? 0 : top; // a row of -infinity gives zeros
      sums[i] = 0;
    }
    for (int panel = from / width; panel * width < to; panel++) {
      kernels.exponentiate(strips[panel], rows, exponentials(panel), tops, sums, scratch);
    }
  }

  /** Makes the scores of the keys that a query does not see -infinity; the largest score. */
  private float hide(int i) {
    int begin = begin(i);
    int end = Math.max(begin, end(i));
    float top = Float.NEGATIVE_INFINITY;
    for (int panel = from / width; panel * width < to; panel++) {
      int base = panel * width;
      int count = exponentials(panel);
      float[] scores = strips[panel].values();
      int row = strips[panel].row(i);
      int hiddenBefore = Math.min(count, Math.max(0, begin - base));
      int hiddenAfter = Math.max(hiddenBefore, Math.min(count, end - base));
      Arrays.fill(scores, row, row + hiddenBefore, Float.NEGATIVE_INFINITY);
      Arrays.fill(scores, row + hiddenAfter, row + count, Float.NEGATIVE_INFINITY);
      top = Math.max(top, kernels.max(scores, row, count));
    }
    return top;
  }

  /** Columns of a panel of scores that are exponentiated. */
  private int exponentials(int panel) {
    int keys = Math.min(width, to - panel * width);
    return (keys + TOGETHER - 1) / TOGETHER * TOGETHER;
  }

  private void applyToValues() {
    PackedMatrix values = task.values(segment, head);
    for (int panel = 0; panel * width < dk; panel++) {
      multiplyValues(values, panel);
      divide(panel);
    }
  }

  /** Leaves the weighted sums of one panel of the values in the scratch's strip. */
  private void multiplyValues(PackedMatrix values, int panel) {
    Strip sums = scratch.strip();
    for (int keys = from / width; keys * width < to; keys++) {
      int begin = Math.max(from, keys * width);
      int end = Math.min(to, (keys + 1) * width);
      Rows weights =
          scratch
              .first()
              .at(strips[keys].values(), strips[keys].row(0) - keys * width, kernels.stripStride());
      if (begin == from) {
        kernels.multiply(weights, rows, values, panel, begin, end, sums);
      } else {
        kernels.multiplyAdd(weights, rows, values, panel, begin, end, sums);
      }
    }
  }

  /** Stores one panel of the results: the scratch's strip over what the weights sum up to. */
  private void divide(int panel) {
    CpuTensor out = task.out();
    Strip strip = scratch.strip();
    int cols = Math.min(width, dk - panel * width);
    int row = task.segments().start(segment) + first;
    for (int i = 0; i < rows; i++) {
      Rows sum = scratch.first().at(strip.values(), strip.row(i), kernels.stripStride());
      int at = out.row(row + i) + head * dk + panel * width;
      Rows result = scratch.result().at(out.data(), at, out.stride());
      float share = sums[i] == 0 ? 0 : 1 / sums[i];
      kernels.scaledSum(share, sum, 0, sum, result, cols);
    }
  }
}

package org.qieemo.kernels.cpu;

import java.util.Arrays;
import org.qieemo.kernels.PositionTerm;

/**
 * Some queries of one segment and head against the keys that they see: scores, softmax, values. One
 * per thread, reused; not thread-safe.
 *
 * <p>Scores come from one product with the keys, to which {@link AttentionTask} has added the
 * positions for KEY; RELATIVE and LEGACY take a second product with the positions and add its rows
 * shifted.
 */
final class AttentionBlock {
  /** Most queries of a block; one more must fit a strip. */
  static final int ROWS = 48;

  private static final int QUERIES = 0;
  private static final int SCORES = 1;
  private static final int SHIFTED = 2;

  private final CpuKernels kernels;
  private final ThreadScratch scratch;
  private final int width; // of a panel
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
  private float[] queries; // [ROWS + 1, 2 dk]: (q + u, q + v) / sqrt(dk), or q / sqrt(dk) alone
  private float[] scores; // [ROWS, stride]: key j of query i is scores[row(i) + j]
  private int base; // key in column 0 of scores
  private int stride;
  private float[] shifted; // [ROWS + 1, shiftStride]: (q + v) p / sqrt(dk)
  private int shiftBase; // position in column 0 of shifted
  private int shiftStride;

  AttentionBlock(CpuKernels kernels, ThreadScratch scratch) {
    this.kernels = kernels;
    this.scratch = scratch;
    width = kernels.panelWidth();
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
    base = from / width * width;
    stride = ceil(to) - base;
  }

  void run() {
    scores = scratch.buffer(SCORES, (long) ROWS * ceil(task.longest()));
    fillQueries();
    multiply(0, rows, task.keys(segment, head), from, to, scores, base, stride);
    if (attention.term() == PositionTerm.RELATIVE) {
      addRelative();
    } else if (attention.term() == PositionTerm.LEGACY) {
      addLegacy();
    }
    for (int i = 0; i < rows; i++) {
      softmax(i);
    }
    applyToValues();
  }

  /** The columns of all panels that hold {@code cols} columns. */
  private int ceil(int cols) {
    return (cols + width - 1) / width * width;
  }

  private int row(int i) {
    return i * stride - base;
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

  private void fillQueries() {
    queries = scratch.buffer(QUERIES, (ROWS + 1L) * 2 * dk);
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

  /** out[i, j - outBase] = queries[i, offset..] b[.., j], for the panels that hold [begin, end). */
  private void multiply(
      int offset,
      int count,
      PackedMatrix b,
      int begin,
      int end,
      float[] out,
      int outBase,
      int outStride) {
    Strip strip = scratch.strip();
    Rows a = scratch.first().at(queries, offset, 2 * dk);
    for (int panel = begin / width; panel * width < end; panel++) {
      kernels.multiply(a, count, b, panel, 0, b.depth(), strip);
      int cols = Math.min(width, b.cols() - panel * width);
      kernels.storeStrip(strip, count, cols, out, panel * width - outBase, outStride);
    }
  }

  /** Products of the first {@code count} queries with the positions [begin, end). */
  private void multiplyPositions(int count, int begin, int end) {
    shifted = scratch.buffer(SHIFTED, (ROWS + 1L) * ceil(task.positionRows()));
    shiftBase = begin / width * width;
    shiftStride = ceil(end) - shiftBase;
    multiply(dk, count, task.places(head), begin, end, shifted, shiftBase, shiftStride);
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

  /** scores[i, j] += shifted[query, shift + j] for j in [begin, end). */
  private void addShifted(int i, int query, int shift, int begin, int end) {
    if (begin < end) {
      int at = row(i) + begin;
      int by = query * shiftStride - shiftBase + shift + begin;
      Rows sum = scratch.result().at(scores, at, stride);
      Rows term = scratch.first().at(shifted, by, shiftStride);
      kernels.scaledSum(1, sum, 1, term, sum, end - begin);
    }
  }

  /** Softmax over the keys that a query sees, zeros for the others of the block. */
  private void softmax(int i) {
    int begin = begin(i);
    int end = Math.max(begin, end(i));
    Arrays.fill(scores, row(i) + from, row(i) + begin, 0f);
    Arrays.fill(scores, row(i) + end, row(i) + to, 0f);
    if (begin < end) {
      int at = row(i) + begin;
      kernels.softmax(scores, at, scores, at, end - begin, scratch);
    }
  }

  private void applyToValues() {
    CpuTensor out = task.out();
    PackedMatrix values = task.values(segment, head);
    Rows weights = scratch.first().at(scores, -base, stride);
    Strip strip = scratch.strip();
    int at = out.row(task.segments().start(segment) + first) + head * dk;
    for (int panel = 0; panel * width < dk; panel++) {
      kernels.multiply(weights, rows, values, panel, from, to, strip);
      int cols = Math.min(width, dk - panel * width);
      kernels.storeStrip(strip, rows, cols, out.data(), at + panel * width, out.stride());
    }
  }
}

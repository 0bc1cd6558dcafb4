package org.qieemo.model;

import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Tensor;

/**
 * Keys and values of the frames that one layer's attention still sees in a stream. Its memory is
 * taken once from the stream's execution. One thread at a time.
 */
final class AttentionCache {
  private final Tensor rows; // [2 history + step, 2d]: keys, then values
  private final int history; // most frames kept
  private int first;
  private int count;

  AttentionCache(Execution exec, int history, int step, int width) {
    this.history = history;
    this.rows = exec.take(2 * history + step, 2 * width);
  }

  /**
   * Appends frames.
   *
   * @param kv [n, 2d]
   * @return the frames kept and the new ones [kept + n, 2d]; valid until {@link #trim}
   */
  Tensor append(Execution exec, Tensor kv) {
    if (first + count + kv.rows() > rows.rows()) {
      moveToFront(exec);
    }
    copy(exec, kv, exec.rows(rows, first + count, kv.rows()));
    count += kv.rows();
    return exec.rows(rows, first, count);
  }

  /** Forgets what no later frame sees. */
  void trim() {
    int surplus = Math.max(0, count - history);
    first += surplus;
    count -= surplus;
  }

  private void moveToFront(Execution exec) {
    if (count > 0) {
      int mark = exec.mark();
      Tensor kept = exec.take(count, rows.cols());
      copy(exec, exec.rows(rows, first, count), kept);
      copy(exec, kept, exec.rows(rows, 0, count));
      exec.release(mark);
    }
    first = 0;
  }

  static void copy(Execution exec, Tensor from, Tensor to) {
    exec.scaledSum(1f, from, 0f, from, to);
  }
}

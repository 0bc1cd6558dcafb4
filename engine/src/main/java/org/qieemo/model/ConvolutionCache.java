package org.qieemo.model;

import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.Tensor;

/**
 * The K-1 frames, behind the GLU, that one layer's causal convolution still sees in a stream. Its
 * memory is taken once from the stream's execution. One thread at a time.
 */
final class ConvolutionCache {
  private final Tensor rows; // [K - 1 + step, d]
  private final int history; // K - 1
  private final Segments segments = new Segments();
  private int count;

  ConvolutionCache(Execution exec, int history, int step, int width) {
    this.history = history;
    this.rows = exec.take(history + step, width);
  }

  /** Frames kept. */
  int count() {
    return count;
  }

  /** Where the next {@code n} frames are to be written [n, d]. */
  Tensor next(Execution exec, int n) {
    return exec.rows(rows, count, n);
  }

  /** The frames kept and the next ones [count + n, d]. */
  Tensor all(Execution exec, int n) {
    return exec.rows(rows, 0, count + n);
  }

  /** One segment of {@link #all}. */
  Segments segments(int n) {
    segments.clear();
    segments.add(count + n);
    return segments;
  }

  /** Keeps the last K-1 of {@link #all}. */
  void advance(Execution exec, int n) {
    int total = count + n;
    int kept = Math.min(history, total);
    if (kept > 0 && total > kept) {
      int mark = exec.mark();
      Tensor last = exec.take(kept, rows.cols());
      AttentionCache.copy(exec, exec.rows(rows, total - kept, kept), last);
      AttentionCache.copy(exec, last, exec.rows(rows, 0, kept));
      exec.release(mark);
    }
    count = kept;
  }
}

package org.qieemo.model;

import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Tensor;

/**
 * Sinusoidal rows of absolute positions for a stream: a stretch that moves on with it. Rows of the
 * last stretch are kept, the others computed. One thread at a time.
 */
final class RollingPositions {
  private float[] rows = new float[0]; // [count, width]
  private int first;
  private int count;

  /** The rows of positions {@code from} to {@code from + frames}: [frames, width]. */
  Tensor take(Execution exec, int from, int frames, int width) {
    float[] wanted = new float[frames * width];
    int kept = Math.max(0, Math.min(first + count, from + frames) - Math.max(first, from));
    int begin = Math.max(first, from);
    if (kept > 0) {
      System.arraycopy(rows, (begin - first) * width, wanted, (begin - from) * width, kept * width);
    }
    for (int r = 0; r < frames; r++) {
      boolean known = kept > 0 && from + r >= begin && from + r < begin + kept;
      if (!known) {
        Positions.fill(wanted, r * width, from + r, width);
      }
    }
    rows = wanted;
    first = from;
    count = frames;
    Tensor out = exec.take(frames, width);
    exec.write(rows, 0, out);
    return out;
  }
}

package org.qieemo.model;

import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.EncoderConfig;
import org.qieemo.weights.EncoderConfig.Position;

/**
 * A layer's projected position rows p = PE W^T. They depend on the number of frames alone, and
 * those of few frames are among those of many, with the same bits; so the rows of the longest input
 * so far are kept for all callers, up to a bound. Thread-safe.
 */
final class ProjectedPositions {
  /** What all layers of a model keep together at most: a minute or more of usual models. */
  private static final long MOST_BYTES = 32 << 20;

  /** Legacy rows of more frames are others; see {@link Positions}. */
  private static final int MOST_FRAMES = 5000;

  private final Linear projection; // [d, d]
  private final Position kind;
  private final int width;
  private final int mostFrames;
  private volatile Kept kept = new Kept(0, new float[0]);

  /**
   * @param frames of which the rows are
   * @param rows [frames, d], or [2 frames - 1, d] when relative; never written again
   */
  private record Kept(int frames, float[] rows) {}

  ProjectedPositions(Linear projection, EncoderConfig encoder) {
    this.projection = projection;
    kind = encoder.position();
    width = encoder.width();
    long bytesPerFrame = (long) Float.BYTES * width * (relative() ? 2 : 1) * encoder.blocks();
    mostFrames = (int) Math.min(MOST_FRAMES, MOST_BYTES / bytesPerFrame);
  }

  private boolean relative() {
    return kind == Position.RELATIVE;
  }

  private int rowCount(int frames) {
    return relative() ? 2 * frames - 1 : frames;
  }

  /** The rows for {@code frames} frames: [frames, d], or [2 frames - 1, d] when relative. */
  Tensor take(Forward f, int frames) {
    if (frames > mostFrames) {
      return project(f.exec, f.positions.take(f.exec, kind, frames, width));
    }
    Kept longest = kept;
    if (longest.frames < frames) {
      longest = compute(f, frames);
    }
    int first = relative() ? longest.frames - frames : 0;
    return f.exec.constant(longest.rows, first, rowCount(frames), width);
  }

  /** The projection of any position rows: [rows, d]. */
  Tensor project(Execution exec, Tensor table) {
    Tensor projected = exec.take(table.rows(), width);
    exec.linear(table, projection, projected);
    return projected;
  }

  private Kept compute(Forward f, int frames) {
    Execution exec = f.exec;
    int mark = exec.mark();
    Tensor projected = project(exec, f.positions.take(exec, kind, frames, width));
    float[] rows = new float[Math.multiplyExact(rowCount(frames), width)];
    exec.read(projected, rows, 0);
    exec.release(mark);
    Kept computed = new Kept(frames, rows);
    synchronized (this) {
      if (kept.frames < frames) {
        kept = computed;
      }
    }
    return computed;
  }
}

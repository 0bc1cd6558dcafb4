package org.qieemo.model;

import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.EncoderConfig.Position;

/**
 * Sinusoidal position rows PE[p,2i] = sin(p w_i), PE[p,2i+1] = cos(p w_i), w_i = exp(-2i
 * ln(10000)/d), rounded to float32 where PyTorch does. The rows are computed for the longest input
 * seen and kept.
 *
 * <p>Row r of n frames stands for position r (absolute, WeNet), n-1-r with 2n-1 rows (relative), or
 * 4999-r (ESPnet's legacy, whose table of 5000 rows is reversed).
 */
final class Positions {
  private static final int LEGACY_ROWS = 5000;

  private float[] rows = new float[0]; // [capacity rows, d]
  private Position kind;
  private int width;
  private int capacity; // frames

  /** The rows for {@code frames} frames: [frames, d], or [2 frames - 1, d] when relative. */
  Tensor take(Execution exec, Position kind, int frames, int width) {
    prepare(kind, frames, width);
    boolean relative = kind == Position.RELATIVE;
    Tensor out = exec.take(relative ? 2 * frames - 1 : frames, width);
    int firstRow = relative ? capacity - frames : 0;
    exec.write(rows, firstRow * width, out);
    return out;
  }

  private void prepare(Position kind, int frames, int width) {
    boolean fits = kind == this.kind && width == this.width && frames <= capacity;
    if (fits) {
      return;
    }
    this.kind = kind;
    this.width = width;
    this.capacity = Math.max(frames, 64);
    int count = kind == Position.RELATIVE ? 2 * capacity - 1 : capacity;
    rows = new float[Math.multiplyExact(count, width)];
    for (int r = 0; r < count; r++) {
      fill(rows, r * width, position(r), width);
    }
  }

  private int position(int row) {
    return switch (kind) {
      case RELATIVE -> capacity - 1 - row;
      case LEGACY -> Math.max(LEGACY_ROWS, capacity) - 1 - row;
      default -> row;
    };
  }

  /** Writes the row of one position. */
  static void fill(float[] rows, int offset, int position, int width) {
    float step = (float) -(Math.log(10000.0) / width);
    for (int i = 0; i < width; i += 2) {
      float w = (float) Math.exp(i * step);
      float angle = position * w;
      rows[offset + i] = (float) Math.sin(angle);
      rows[offset + i + 1] = (float) Math.cos(angle);
    }
  }
}

package org.qieemo.kernels.device;

import java.util.List;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.Tensor;

/**
 * Frame buckets: batches of similar lengths get tensors of equal room, so that their launches have
 * equal arguments and can be replayed. Kernels that work row by row compute the rows behind the
 * last segment too, which nobody reads; the true lengths are in {@link SegmentTables}. Stateless.
 */
final class Room {
  /** A third of a second, and five seconds: what is computed in vain stays below an eighth. */
  private static final int LEAST_STEP = 32;

  private static final int MOST_STEP = 512;

  private Room() {}

  /** Rows rounded up to the end of their bucket, of which there are eight per doubling. */
  static int of(int rows) {
    int step = Math.max(LEAST_STEP, Math.min(Integer.highestOneBit(rows) / 8, MOST_STEP));
    long room = (rows + step - 1L) / step * step;
    return (int) Math.min(room, Integer.MAX_VALUE);
  }

  /** What a tensor [rows, cols] of the announced batch should have room for. */
  static int of(List<Segments> stages, int rows, int cols) {
    for (Segments stage : stages) {
      if (stage.rows() == rows && (long) stage.room() * cols <= Integer.MAX_VALUE) {
        return stage.room();
      }
    }
    return rows;
  }

  /** The rows that all of them have memory for, at least those that they have. */
  static int common(Tensor... tensors) {
    int room = Integer.MAX_VALUE;
    for (Tensor tensor : tensors) {
      room = Math.min(room, ((DeviceTensor) tensor).room());
    }
    return room;
  }
}

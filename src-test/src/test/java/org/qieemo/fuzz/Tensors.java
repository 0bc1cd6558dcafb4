package org.qieemo.fuzz;

import org.qieemo.converter.source.Checkpoint;
import org.qieemo.converter.source.SourceTensor;

/** Reads the values of a checkpoint that a loader accepted. */
final class Tensors {
  private static final int MOST = 16;

  /** A tensor's bytes once, and a float for each: of a type of one byte, four times as many. */
  private static final int VALUES_FACTOR = 5;

  private Tensors() {}

  /** Reads some tensors, one after the other, each with a limit of its own. */
  static void read(Checkpoint checkpoint, long fileBytes) {
    if (checkpoint == null) {
      return;
    }
    for (SourceTensor tensor : checkpoint.tensors().values().stream().limit(MOST).toList()) {
      Oracle.within((1 << 20) + VALUES_FACTOR * fileBytes, fileBytes, tensor::toFloats);
    }
  }
}

package org.qieemo.converter.source;

import java.io.IOException;

/** A tensor of a checkpoint; its values are read when they are asked for. Thread-safe. */
public interface SourceTensor {
  /** Shape, outermost first; a copy. */
  long[] shape();

  /** How the checkpoint stores it. */
  SourceType type();

  /** All values, row-major; a fresh array. */
  float[] toFloats() throws IOException;
}

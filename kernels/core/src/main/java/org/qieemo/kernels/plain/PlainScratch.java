package org.qieemo.kernels.plain;

import org.qieemo.kernels.cpu.ProductScratch;

/** Three rows of a result, each an array of its own. */
record PlainScratch(float[] row0, float[] row1, float[] row2) implements ProductScratch {
  static PlainScratch of(int width) {
    return new PlainScratch(new float[width], new float[width], new float[width]);
  }
}

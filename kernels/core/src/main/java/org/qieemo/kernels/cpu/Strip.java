package org.qieemo.kernels.cpu;

/**
 * Where a product of some rows by one panel lands, in the nearest cache: row-major, {@link
 * CpuKernels#stripStride()} from row to row. Not thread-safe.
 */
public final class Strip {
  private final float[] values; // [stripRows, stripStride]
  private final float[][] scratch; // the kernels' own

  /** A strip that fits the kernels. */
  Strip(CpuKernels kernels) {
    values = new float[kernels.stripRows() * kernels.stripStride()];
    scratch = kernels.newProductScratch();
  }

  /** The strip itself. */
  public float[] values() {
    return values;
  }

  /** Array {@code i} of {@link CpuKernels#newProductScratch()}. */
  public float[] scratch(int i) {
    return scratch[i];
  }
}

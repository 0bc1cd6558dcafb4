package org.qieemo.kernels.cpu;

/**
 * Where a product of some rows by one panel lands, in the nearest cache: row-major, {@link
 * CpuKernels#stripStride()} from row to row. Not thread-safe.
 */
public final class Strip {
  private final float[] values; // [stripRows, stripStride]
  private final ProductScratch scratch; // the kernels' own

  /** A strip that fits the kernels, with product scratch of its own. */
  Strip(CpuKernels kernels) {
    this(kernels, kernels.stripRows(), kernels.newProductScratch());
  }

  private Strip(CpuKernels kernels, int rows, ProductScratch productScratch) {
    values = new float[rows * kernels.stripStride()];
    scratch = productScratch;
  }

  /** Another strip of the same thread, for {@code rows} rows, a multiple of every tile's. */
  Strip another(CpuKernels kernels, int rows) {
    return new Strip(kernels, rows, scratch);
  }

  /** The strip itself. */
  public float[] values() {
    return values;
  }

  /** What {@link CpuKernels#newProductScratch()} gave to this thread. */
  public ProductScratch scratch() {
    return scratch;
  }
}

package org.qieemo.kernels.cpu;

/**
 * Where a product of some rows by one panel lands, in the nearest cache: row-major, {@link
 * CpuKernels#stripStride()} from row to row. Not thread-safe.
 */
public final class Strip {
  private final float[] values; // [stripRows, stripStride] from first on
  private final int first;
  private final int stride;
  private final ProductScratch scratch; // the kernels' own

  private Strip(Arena.Place place, int stride, ProductScratch scratch) {
    values = place.array();
    first = place.offset();
    this.stride = stride;
    this.scratch = scratch;
  }

  /** A strip that fits the kernels, with product scratch of its own. */
  static Strip of(CpuKernels kernels, Arena arena) {
    return of(kernels, kernels.stripRows(), arena, kernels.newProductScratch(arena));
  }

  private static Strip of(CpuKernels kernels, int rows, Arena arena, ProductScratch scratch) {
    int stride = kernels.stripStride();
    return new Strip(arena.take(rows * stride), stride, scratch);
  }

  /** Another strip of the same thread, for {@code rows} rows, a multiple of every tile's. */
  Strip another(CpuKernels kernels, int rows, Arena arena) {
    return of(kernels, rows, arena, scratch);
  }

  /** The array that the strip lies in. */
  public float[] values() {
    return values;
  }

  /** Index of element (r, 0). */
  public int row(int r) {
    return first + r * stride;
  }

  /** What {@link CpuKernels#newProductScratch()} gave to this thread. */
  public ProductScratch scratch() {
    return scratch;
  }
}

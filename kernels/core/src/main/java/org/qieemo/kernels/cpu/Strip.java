package org.qieemo.kernels.cpu;

/**
 * Where a product of some rows by one panel lands, in the nearest cache: row-major, a panel's width
 * from row to row. Not thread-safe.
 */
public final class Strip {
  private final float[] values; // [stripRows, panelWidth]
  private final float[] row0; // [panelWidth]
  private final float[] row1; // [panelWidth]

  /** A strip that fits the kernels. */
  Strip(CpuKernels kernels) {
    values = new float[kernels.stripRows() * kernels.panelWidth()];
    row0 = new float[kernels.panelWidth()];
    row1 = new float[kernels.panelWidth()];
  }

  /** The strip itself. */
  public float[] values() {
    return values;
  }

  /** A row for the kernels to use while they multiply. */
  public float[] row0() {
    return row0;
  }

  /** Another such row. */
  public float[] row1() {
    return row1;
  }
}

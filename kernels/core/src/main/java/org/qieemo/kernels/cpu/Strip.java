package org.qieemo.kernels.cpu;

/**
 * Where a product of some rows by one panel lands, in the nearest cache: row-major, a panel's width
 * from row to row. Not thread-safe.
 */
public final class Strip {
  private static final int ROWS = 3;

  private final float[] values; // [stripRows, panelWidth]
  private final float[][] rows; // [ROWS, panelWidth]

  /** A strip that fits the kernels. */
  Strip(CpuKernels kernels) {
    values = new float[kernels.stripRows() * kernels.panelWidth()];
    rows = new float[ROWS][kernels.panelWidth()];
  }

  /** The strip itself. */
  public float[] values() {
    return values;
  }

  /** Row {@code i}, 0 to 2, of a panel's width for the kernels to use while they multiply. */
  public float[] row(int i) {
    return rows[i];
  }
}

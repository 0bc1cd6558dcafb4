package org.qieemo.kernels.cpu;

/**
 * A matrix [depth, cols] in the order in which {@link CpuKernels#multiply} reads it, and a bias for
 * its columns; only the kernels that packed it know that order. Weights are packed once and then
 * only read, by any number of threads; the attention packs keys and values anew for every call.
 */
public final class PackedMatrix {
  private int depth;
  private int cols;
  private float[][] data = new float[0][];
  private float[] bias = new float[0]; // [cols], padded to whole panels

  /** An empty matrix. */
  public PackedMatrix() {}

  /** Rows. */
  public int depth() {
    return depth;
  }

  /** Columns, without the padding of the last panel. */
  public int cols() {
    return cols;
  }

  /** The memory, in the kernels' own order. */
  public float[][] data() {
    return data;
  }

  /** Bias of each column, at least as long as all panels together. */
  public float[] bias() {
    return bias;
  }

  /**
   * For the kernels: the new shape and the memory that holds it.
   *
   * @param paddedCols columns of all panels together
   */
  public void set(int newDepth, int newCols, int paddedCols, float[][] newData) {
    depth = newDepth;
    cols = newCols;
    data = newData;
    if (bias.length < paddedCols) {
      bias = new float[paddedCols];
    }
  }
}

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
  private int[] words; // null unless quantised
  private float[] scales; // null unless quantised
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

  /**
   * Whether the values are kept in eight bits: then {@link #words} and {@link #scales} hold them.
   */
  public boolean isQuantized() {
    return words != null;
  }

  /** Eight-bit values, four to a word, in the kernels' own order; null unless quantised. */
  public int[] words() {
    return words;
  }

  /** Scales of the eight-bit values, in the kernels' own order; null unless quantised. */
  public float[] scales() {
    return scales;
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
    words = null;
    scales = null;
    growBias(paddedCols);
  }

  /** For the kernels: the new shape, with values in eight bits. */
  public void setQuantized(
      int newDepth, int newCols, int paddedCols, int[] newWords, float[] newScales) {
    depth = newDepth;
    cols = newCols;
    data = new float[0][];
    words = newWords;
    scales = newScales;
    growBias(paddedCols);
  }

  private void growBias(int paddedCols) {
    if (bias.length < paddedCols) {
      bias = new float[paddedCols];
    }
  }
}

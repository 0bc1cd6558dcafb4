package org.qieemo.kernels.cpu;

import org.qieemo.kernels.DType;

/**
 * A matrix [depth, cols] in the order in which {@link CpuKernels#multiply} reads it, and a bias for
 * its columns; only the kernels that packed it know that order. Weights are packed once and then
 * only read, by any number of threads; the attention packs keys and values anew for every call.
 */
public final class PackedMatrix {
  private int depth;
  private int cols;
  private final Arena arena; // null for arrays of its own
  private float[][] data = new float[0][];
  private int first;
  private int room; // elements from first on, of a single array
  private DType type = DType.F32;
  private float[] words; // null for F32
  private float[] bias = new float[0]; // [cols], padded to whole panels

  /** An empty matrix that may grow. */
  public PackedMatrix() {
    this(null);
  }

  /** An empty matrix of weights, which finds its memory in {@code arena}. */
  PackedMatrix(Arena arena) {
    this.arena = arena;
  }

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

  /** In what type the values are kept. */
  public DType type() {
    return type;
  }

  /** Whether they are kept in eight or sixteen bits: then {@link #words} holds them. */
  public boolean isCompact() {
    return type != DType.F32;
  }

  /**
   * Compact values, several to a word of 32 bits, and scales, in the kernels' own order from {@link
   * #first} on; null for F32. Words are kept as floats of the same bits, so that they lie where F32
   * would.
   */
  public float[] words() {
    return words;
  }

  /** Bias of each column, at least as long as all panels together. */
  public float[] bias() {
    return bias;
  }

  /** Where in {@code data()[0]}, or in the words, kernels that use a single array begin. */
  public int first() {
    return first;
  }

  /**
   * For kernels that use a single array: the new shape, in an array with room for {@code size}
   * elements from {@link #first} on.
   *
   * @param paddedCols columns of all panels together
   */
  public void setSingle(int newDepth, int newCols, int paddedCols, int size) {
    float[][] memory = data;
    if (memory.length != 1 || room < size) {
      Arena.Place place = place(size);
      memory = new float[][] {place.array()};
      first = place.offset();
      room = size;
    }
    set(newDepth, newCols, paddedCols, memory);
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
    type = DType.F32;
    words = null;
    growBias(paddedCols);
  }

  /**
   * For the kernels: the new shape, with room for compact values.
   *
   * @param size words
   */
  public void setCompact(int newDepth, int newCols, int paddedCols, DType newType, int size) {
    Arena.Place place = place(size);
    set(newDepth, newCols, paddedCols, new float[0][]);
    type = newType;
    words = place.array();
    first = place.offset();
  }

  private Arena.Place place(int size) {
    return arena == null ? Arena.alone(size) : arena.take(size);
  }

  private void growBias(int paddedCols) {
    if (bias.length < paddedCols) {
      bias = new float[paddedCols];
    }
  }
}

package org.qieemo.kernels.device;

/**
 * A matrix of float32 in device memory: element (r, c) is number {@code offset + r * stride + c}.
 *
 * @param memory where it lies
 * @param offset element (0, 0)
 * @param rows number of rows
 * @param cols number of columns
 * @param stride elements from row to row
 */
public record Region(Memory memory, int offset, int rows, int cols, int stride) {
  /** Whether rows follow each other without gaps. */
  public boolean dense() {
    return stride == cols || rows <= 1;
  }

  /** Whether every row begins at a multiple of {@code floats}. */
  boolean aligned(int floats) {
    return offset % floats == 0 && stride % floats == 0;
  }

  /** Number of elements. */
  public int elements() {
    return rows * cols;
  }
}

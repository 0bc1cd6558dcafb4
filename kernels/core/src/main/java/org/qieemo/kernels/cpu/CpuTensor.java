package org.qieemo.kernels.cpu;

import org.qieemo.kernels.OpShapes;
import org.qieemo.kernels.Tensor;

/**
 * A slot of the workspace: element (r, c) is {@code data[offset + r * stride + c]}. A taken tensor
 * uses the slot's own memory without gaps; a view uses another slot's.
 */
final class CpuTensor implements Tensor {
  private final CpuExecution owner;
  private Arena.Place own = new Arena.Place(new float[0], 0);
  private int room; // elements of own
  private float[] data;
  private int offset;
  private int rows;
  private int cols;
  private int stride;

  CpuTensor(CpuExecution owner) {
    this.owner = owner;
  }

  /** Makes this slot a tensor of its own memory, which grows if it must. */
  CpuTensor own(int newRows, int newCols) {
    OpShapes.size("take", newRows, newCols);
    int size = newRows * newCols;
    if (room < size) {
      own = owner.arena().take(size);
      room = size;
    }
    return view(own.array(), own.offset(), newRows, newCols, newCols);
  }

  /** Makes this slot a view. */
  CpuTensor view(float[] newData, int newOffset, int newRows, int newCols, int newStride) {
    data = newData;
    offset = newOffset;
    rows = newRows;
    cols = newCols;
    stride = newStride;
    return this;
  }

  CpuExecution owner() {
    return owner;
  }

  float[] data() {
    return data;
  }

  /** Index of element (0, 0). */
  int offset() {
    return offset;
  }

  /** Index of element (row, 0). */
  int row(int row) {
    return offset + row * stride;
  }

  int stride() {
    return stride;
  }

  /** Whether rows follow each other without gaps. */
  boolean dense() {
    return stride == cols || rows <= 1;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }

  @Override
  public String toString() {
    return "[" + rows + ", " + cols + "]";
  }
}

package org.qieemo.kernels.cpu;

/**
 * Where rows of values lie: element (r, c) is {@code data()[offset() + r * stride() + c]}. Each
 * {@link ThreadScratch} has a few that are set again for every call, so that none is allocated. Not
 * thread-safe.
 */
public final class Rows {
  private float[] data = new float[0];
  private int offset;
  private int stride;

  Rows() {}

  /** Points somewhere else; returns itself. */
  Rows at(float[] values, int firstElement, int rowStride) {
    data = values;
    offset = firstElement;
    stride = rowStride;
    return this;
  }

  /** Points to the rows of a tensor from {@code row} on; returns itself. */
  Rows at(CpuTensor tensor, int row) {
    return at(tensor.data(), tensor.row(row), tensor.stride());
  }

  /** The array that holds the rows. */
  public float[] data() {
    return data;
  }

  /** Index of the first row's first element. */
  public int offset() {
    return offset;
  }

  /** Elements from one row to the next. */
  public int stride() {
    return stride;
  }
}

package org.qieemo.kernels;

/**
 * A matrix of activations on a back end: {@code rows x cols} float32 values, row-major, rows may
 * lie further apart than {@code cols}. Rows are frames (or frame-bin pairs before the subsampling's
 * projection), columns are channels.
 *
 * <p>A tensor belongs to the {@link Execution} that handed it out and is valid until the mark below
 * it is released. Not thread-safe.
 */
public interface Tensor {
  /** Number of rows. */
  int rows();

  /** Number of columns. */
  int cols();
}

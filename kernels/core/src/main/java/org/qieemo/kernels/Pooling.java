package org.qieemo.kernels;

/** How the rows of a segment become one row. */
public enum Pooling {
  /** mean over rows: n columns. */
  MEAN,
  /** mean over rows, then sqrt(var + 1e-5) with the variance over T: 2n columns. */
  MEAN_STD,
  /** sum over rows of softmax(scores)_t x_t, softmax over the segment: n columns. */
  WEIGHTED
}

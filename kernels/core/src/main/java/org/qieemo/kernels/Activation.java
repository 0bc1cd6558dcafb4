package org.qieemo.kernels;

/** What a linear layer, a norm or a convolution applies to its result before storing it. */
public enum Activation {
  /** Nothing. */
  NONE,
  /** max(x, 0). */
  RELU,
  /** x * sigmoid(x), also called SiLU. */
  SWISH,
  /** 1 / (1 + exp(-x)). */
  SIGMOID,
  /** tanh(x). */
  TANH,
  /**
   * Gated linear unit: of 2n columns the first n are multiplied by the sigmoid of the second n, so
   * that the result has n columns. Linear layers only.
   */
  GLU
}

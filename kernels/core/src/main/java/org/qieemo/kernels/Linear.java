package org.qieemo.kernels;

/** A linear layer prepared for a back end: y = act(x W^T + b). Immutable, shared by threads. */
public interface Linear {
  /** Columns of x. */
  int inputs();

  /** Columns of y; behind {@link Activation#GLU} half of the weight's rows. */
  int outputs();
}

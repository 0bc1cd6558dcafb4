package org.qieemo.model;

import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;

/** Where a module's norm stands: x += M(LN(x)), or x = LN(x + M(x)). */
final class Residual {
  private Residual() {}

  /** The module's input: LN(x) in a fresh tensor, or x itself. */
  static Tensor enter(Execution exec, Tensor x, Norm norm, boolean normFirst) {
    if (!normFirst) {
      return x;
    }
    Tensor normalized = exec.take(x.rows(), x.cols());
    exec.layerNorm(x, norm, normalized);
    return normalized;
  }

  /** Behind the residual sum: normalises x in place where the norm comes last. */
  static void leave(Execution exec, Tensor x, Norm norm, boolean normFirst) {
    if (!normFirst) {
      exec.layerNorm(x, norm, x);
    }
  }
}

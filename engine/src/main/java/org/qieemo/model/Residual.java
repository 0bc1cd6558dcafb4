package org.qieemo.model;

import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;

/** Where a module's norm stands: x += M(LN(x)), or x = LN(x + M(x)). */
final class Residual {
  private Residual() {}

  /** The module's first layer: out = layer(LN(x)), or layer(x). */
  static void enter(
      Execution exec, Tensor x, Norm norm, boolean normFirst, Linear layer, Tensor out) {
    if (normFirst) {
      exec.normLinear(x, norm, layer, out);
    } else {
      exec.linear(x, layer, out);
    }
  }

  /** Behind the residual sum: normalises x in place where the norm comes last. */
  static void leave(Execution exec, Tensor x, Norm norm, boolean normFirst) {
    if (!normFirst) {
      exec.layerNorm(x, norm, x);
    }
  }
}

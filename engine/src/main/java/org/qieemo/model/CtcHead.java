package org.qieemo.model;

import static org.qieemo.weights.TensorNames.CTC;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Tensor;

/** CTC logits H^enc W_ctc + b_ctc [T, V]. */
final class CtcHead {
  private final Linear linear; // [V, d]

  CtcHead(WeightScope scope) {
    linear = scope.linear(CTC, Activation.NONE);
  }

  int vocabulary() {
    return linear.outputs();
  }

  /** h [T, d] to {@code logits} [T, V]. */
  void forward(Forward f, Tensor h, Tensor logits) {
    f.exec.linear(h, linear, logits);
    f.show(Layer.CTC_LOGITS, logits);
  }
}

package org.qieemo.model;

import static org.qieemo.weights.TensorNames.DOWN;
import static org.qieemo.weights.TensorNames.NORM;
import static org.qieemo.weights.TensorNames.UP;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.EncoderConfig;

/** x += s * down(act(up(LN(x)))), s = 1/2 in macaron blocks. */
final class FeedForward {
  private final Norm norm; // [d]
  private final Linear up; // [f, d]
  private final Linear down; // [d, f]
  private final float scale;
  private final boolean normFirst;

  FeedForward(WeightScope scope) {
    EncoderConfig encoder = scope.config().encoder();
    norm = scope.encoderNorm(NORM);
    up = scope.linear(UP, encoder.activation());
    down = scope.linear(DOWN, Activation.NONE);
    scale = encoder.ffnScale();
    normFirst = encoder.normFirst();
  }

  /** x [T, d], in place. */
  void addTo(Forward f, Tensor x) {
    int mark = f.exec.mark();
    if (normFirst) {
      f.exec.feedForward(x, norm, up, down, scale, x);
    } else {
      f.exec.feedForward(x, up, down, scale, x);
    }
    Residual.leave(f.exec, x, norm, normFirst);
    f.exec.release(mark);
  }
}

package org.qieemo.model;

import static org.qieemo.weights.TensorNames.MMF_NORM;
import static org.qieemo.weights.TensorNames.MMF_PROJ;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.FusionConfig.Mmf;

/**
 * MMF. concat: M = LayerNorm(ReLU([P' || E'] W_m + b_m)). gated: g = sigmoid([P' || E'] W_g + b_g),
 * M = LayerNorm(g * P' + (1-g) * E'). sum: M = LayerNorm(P' + E').
 */
final class MultimodalFusion {
  private final Mmf kind;
  private final Linear projection; // [w, 2w], null for sum
  private final Norm norm; // [w]

  MultimodalFusion(WeightScope scope) {
    kind = scope.config().fusion().mmf();
    projection =
        switch (kind) {
          case CONCAT -> scope.linear(MMF_PROJ, Activation.RELU);
          case GATED -> scope.linear(MMF_PROJ, Activation.SIGMOID);
          case SUM, OFF -> null;
        };
    norm = scope.fusionNorm(MMF_NORM);
  }

  /**
   * Writes M into {@code m} [T, w].
   *
   * @param streams [P' || E'] side by side [T, 2w]
   */
  void forward(Forward f, Tensor streams, Tensor m) {
    Execution exec = f.exec;
    int w = m.cols();
    Tensor p = exec.columns(streams, 0, w);
    Tensor e = exec.columns(streams, w, w);
    switch (kind) {
      case CONCAT -> exec.linear(streams, projection, m);
      case GATED -> {
        exec.linear(streams, projection, m);
        exec.gatedSum(m, p, e, m);
      }
      case SUM -> exec.scaledSum(1f, p, 1f, e, m);
      case OFF -> throw new IllegalStateException("MMF is off");
    }
    exec.layerNorm(m, norm, m);
    f.show(Layer.MMF, m);
  }
}

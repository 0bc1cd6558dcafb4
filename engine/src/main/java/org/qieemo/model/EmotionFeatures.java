package org.qieemo.model;

import static org.qieemo.weights.TensorNames.EMOTION_NORM;
import static org.qieemo.weights.TensorNames.EMOTION_PROJ;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;

/** The emotional stream: E' = LayerNorm(E W_e + b_e). */
final class EmotionFeatures {
  private final Linear projection; // [w, d]
  private final Norm norm; // [w]

  EmotionFeatures(WeightScope scope) {
    projection = scope.linear(EMOTION_PROJ, Activation.NONE);
    norm = scope.fusionNorm(EMOTION_NORM);
  }

  /** E [T, d] to E' in {@code projected} [T, w]. */
  void forward(Forward f, Tensor e, Tensor projected) {
    f.exec.linear(e, projection, projected);
    f.exec.layerNorm(projected, norm, projected);
    f.show(Layer.EMOTION, projected);
  }
}

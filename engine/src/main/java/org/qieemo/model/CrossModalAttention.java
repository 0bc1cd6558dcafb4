package org.qieemo.model;

import static org.qieemo.weights.TensorNames.FINAL_NORM;
import static org.qieemo.weights.TensorNames.crossAttention;
import static org.qieemo.weights.TensorNames.layer;

import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.FusionConfig.Cma;
import org.qieemo.weights.FusionConfig.CmaNorm;
import org.qieemo.weights.FusionConfig.CmaQuery;

/** CMA: a stack of layers in which one stream asks the other. */
final class CrossModalAttention {
  private final CrossModalLayer[] layers;
  private final Norm finalNorm; // [w], pre-norm stacks only
  private final String shownAs;

  CrossModalAttention(WeightScope scope, CmaQuery query) {
    Cma config = scope.config().fusion().cma();
    WeightScope stack = scope.at(crossAttention(query));
    layers = new CrossModalLayer[config.layers()];
    for (int j = 0; j < layers.length; j++) {
      layers[j] = new CrossModalLayer(scope.at(layer(crossAttention(query), j)));
    }
    finalNorm = config.norm() == CmaNorm.PRE ? stack.fusionNorm(FINAL_NORM) : null;
    shownAs = query == CmaQuery.EMOTION ? Layer.CMA_EMOTION : Layer.CMA_PPG;
  }

  /**
   * Writes Z into {@code z} [T, w].
   *
   * @param query the stream that asks [T, w]
   * @param other the stream that is asked [T, w]
   */
  void forward(Forward f, Tensor query, Tensor other, Tensor z) {
    f.exec.scaledSum(1f, query, 0f, query, z);
    for (CrossModalLayer layer : layers) {
      layer.forward(f, z, other);
    }
    if (finalNorm != null) {
      f.exec.layerNorm(z, finalNorm, z);
    }
    f.show(shownAs, z);
  }
}

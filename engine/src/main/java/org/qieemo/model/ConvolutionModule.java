package org.qieemo.model;

import static org.qieemo.weights.TensorNames.BIAS;
import static org.qieemo.weights.TensorNames.DEPTHWISE;
import static org.qieemo.weights.TensorNames.DEPTHWISE_NORM;
import static org.qieemo.weights.TensorNames.MEAN;
import static org.qieemo.weights.TensorNames.NORM;
import static org.qieemo.weights.TensorNames.POINTWISE1;
import static org.qieemo.weights.TensorNames.POINTWISE2;
import static org.qieemo.weights.TensorNames.VAR;
import static org.qieemo.weights.TensorNames.WEIGHT;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.ConvolutionLayers;
import org.qieemo.kernels.DepthwiseSpec;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.EncoderConfig;
import org.qieemo.weights.EncoderConfig.ConvNorm;

/**
 * x += pointwise2(act(norm(depthwise(GLU(pointwise1(LN(x))))))). A batch norm is folded into the
 * depthwise convolution at load. Frames outside an utterance are zeros behind the GLU, or, causal,
 * zeros before pointwise1, which the GLU turns into GLU(bias).
 */
final class ConvolutionModule {
  private static final float BATCH_NORM_EPS = 1e-5f;

  private final Norm norm; // [d]
  private final ConvolutionLayers layers;
  private final boolean normFirst;

  ConvolutionModule(WeightScope scope) {
    EncoderConfig encoder = scope.config().encoder();
    EncoderConfig.Convolution config = encoder.convolution();
    boolean batchNorm = config.norm() == ConvNorm.BATCH_NORM;
    normFirst = encoder.normFirst();
    norm = scope.encoderNorm(NORM);
    HostTensor paddingRow = config.causal() ? gluOfBias(scope.tensor(POINTWISE1 + BIAS)) : null;
    float[] factor = batchNorm ? batchNormFactor(scope) : null;
    DepthwiseSpec depthwise =
        new DepthwiseSpec(
            foldedWeight(scope, factor),
            foldedBias(scope, factor),
            config.leftPadding(),
            paddingRow,
            batchNorm ? encoder.activation() : Activation.NONE);
    layers =
        new ConvolutionLayers(
            normFirst ? norm : null,
            scope.linear(POINTWISE1, Activation.GLU),
            scope.backend().depthwiseConv(depthwise),
            batchNorm ? null : scope.norm(DEPTHWISE_NORM, 1e-5f, encoder.activation()),
            config.norm() == ConvNorm.GROUP_NORM,
            scope.linear(POINTWISE2, Activation.NONE));
  }

  /** The sum for x [T, d]: in x itself, or in a tensor that was taken for it. */
  Tensor addTo(Forward f, Tensor x) {
    Tensor sum = f.exec.convolution(x, layers, f.frames());
    Residual.leave(f.exec, sum, norm, normFirst);
    return sum;
  }

  /** The same for the next frames of a stream, in place; causal modules only. */
  void addTo(Forward f, Tensor x, ConvolutionCache cache) {
    Execution exec = f.exec;
    int n = x.rows();
    int mark = exec.mark();
    Residual.enter(exec, x, norm, normFirst, layers.gate(), cache.next(exec, n));
    Tensor gated = cache.all(exec, n);
    Tensor mixed = exec.take(gated.rows(), x.cols());
    exec.depthwiseConv(gated, layers.depthwise(), cache.segments(n), mixed);
    Tensor next = exec.rows(mixed, cache.count(), n);
    if (layers.mixNorm() != null && !layers.grouped()) {
      exec.layerNorm(next, layers.mixNorm(), next);
    }
    exec.linearAdd(next, layers.project(), 1f, x);
    Residual.leave(exec, x, norm, normFirst);
    cache.advance(exec, n);
    exec.release(mark);
  }

  /** gamma / sqrt(var + eps) per channel. */
  private static float[] batchNormFactor(WeightScope scope) {
    float[] gamma = scope.tensor(DEPTHWISE_NORM + WEIGHT).toFloats();
    float[] var = scope.tensor(DEPTHWISE_NORM + VAR).toFloats();
    float[] factor = new float[gamma.length];
    for (int c = 0; c < factor.length; c++) {
      factor[c] = (float) (gamma[c] / Math.sqrt((double) var[c] + BATCH_NORM_EPS));
    }
    return factor;
  }

  private static HostTensor foldedWeight(WeightScope scope, float[] factor) {
    HostTensor weight = scope.tensor(DEPTHWISE + WEIGHT);
    if (factor == null) {
      return weight;
    }
    float[] values = weight.toFloats();
    int kernel = weight.dim(1);
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor[i / kernel];
    }
    return HostTensor.of(weight.name(), weight.shape(), values);
  }

  private static HostTensor foldedBias(WeightScope scope, float[] factor) {
    HostTensor bias = scope.tensor(DEPTHWISE + BIAS);
    if (factor == null) {
      return bias;
    }
    float[] values = bias.toFloats();
    float[] mean = scope.tensor(DEPTHWISE_NORM + MEAN).toFloats();
    float[] beta = scope.tensor(DEPTHWISE_NORM + BIAS).toFloats();
    for (int c = 0; c < values.length; c++) {
      values[c] = (values[c] - mean[c]) * factor[c] + beta[c];
    }
    return HostTensor.of(bias.name(), bias.shape(), values);
  }

  private static HostTensor gluOfBias(HostTensor bias) {
    float[] values = bias.toFloats(); // [2d]
    int d = values.length / 2;
    float[] row = new float[d];
    for (int c = 0; c < d; c++) {
      row[c] = (float) (values[c] / (1 + Math.exp(-values[d + c])));
    }
    return HostTensor.of("GLU(" + bias.name() + ")", new int[] {d}, row);
  }
}

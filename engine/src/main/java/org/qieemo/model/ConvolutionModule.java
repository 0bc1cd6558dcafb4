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
import org.qieemo.kernels.DepthwiseConv;
import org.qieemo.kernels.DepthwiseSpec;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Linear;
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
  private final Linear pointwise1; // [2d, d], GLU
  private final DepthwiseConv depthwise; // [d, K]
  private final Norm depthwiseNorm; // [d], null when a batch norm was folded in
  private final boolean groupNorm;
  private final Linear pointwise2; // [d, d]
  private final boolean normFirst;

  ConvolutionModule(WeightScope scope) {
    EncoderConfig encoder = scope.config().encoder();
    EncoderConfig.Convolution config = encoder.convolution();
    boolean batchNorm = config.norm() == ConvNorm.BATCH_NORM;
    groupNorm = config.norm() == ConvNorm.GROUP_NORM;
    norm = scope.encoderNorm(NORM);
    pointwise1 = scope.linear(POINTWISE1, Activation.GLU);
    pointwise2 = scope.linear(POINTWISE2, Activation.NONE);
    depthwiseNorm = batchNorm ? null : scope.norm(DEPTHWISE_NORM, 1e-5f, encoder.activation());
    HostTensor paddingRow = config.causal() ? gluOfBias(scope.tensor(POINTWISE1 + BIAS)) : null;
    float[] factor = batchNorm ? batchNormFactor(scope) : null;
    depthwise =
        scope
            .backend()
            .depthwiseConv(
                new DepthwiseSpec(
                    foldedWeight(scope, factor),
                    foldedBias(scope, factor),
                    config.leftPadding(),
                    paddingRow,
                    batchNorm ? encoder.activation() : Activation.NONE));
    normFirst = encoder.normFirst();
  }

  /** x [T, d], in place. */
  void addTo(Forward f, Tensor x) {
    Execution exec = f.exec;
    int mark = exec.mark();
    Tensor gated = exec.take(x.rows(), x.cols());
    Residual.enter(exec, x, norm, normFirst, pointwise1, gated);
    Tensor mixed = exec.take(x.rows(), x.cols());
    exec.depthwiseConv(gated, depthwise, f.frames(), mixed);
    if (groupNorm) {
      exec.groupNorm(mixed, depthwiseNorm, f.frames(), mixed);
    }
    finish(exec, mixed, x);
    exec.release(mark);
  }

  /** The same for the next frames of a stream; causal modules only. */
  void addTo(Forward f, Tensor x, ConvolutionCache cache) {
    Execution exec = f.exec;
    int n = x.rows();
    int mark = exec.mark();
    Residual.enter(exec, x, norm, normFirst, pointwise1, cache.next(exec, n));
    Tensor gated = cache.all(exec, n);
    Tensor mixed = exec.take(gated.rows(), x.cols());
    exec.depthwiseConv(gated, depthwise, cache.segments(n), mixed);
    finish(exec, exec.rows(mixed, cache.count(), n), x);
    cache.advance(exec, n);
    exec.release(mark);
  }

  private void finish(Execution exec, Tensor mixed, Tensor x) {
    if (depthwiseNorm != null && !groupNorm) {
      exec.layerNorm(mixed, depthwiseNorm, mixed);
    }
    exec.linearAdd(mixed, pointwise2, 1f, x);
    Residual.leave(exec, x, norm, normFirst);
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

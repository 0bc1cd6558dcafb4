package org.qieemo.cuda;

import static org.qieemo.opencl.Comparison.random;

import java.util.Arrays;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.ConvolutionLayers;
import org.qieemo.kernels.DepthwiseConv;
import org.qieemo.kernels.DepthwiseSpec;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Precision;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.Tensor;
import org.qieemo.opencl.Comparison;

/**
 * A convolution module of random weights.
 *
 * @param causal whether all taps but one stand before a frame, and rows outside have a value
 */
record ConvolutionCase(int width, int taps, Mix mix, boolean causal) {
  /** What stands behind the depthwise convolution. */
  enum Mix {
    BATCH_NORM, // folded into it
    LAYER_NORM,
    GROUP_NORM
  }

  private HostTensor weight(long seed, int... shape) {
    float[] values = Comparison.weight(seed, shape).toFloats();
    float scale = (float) (2 / Math.sqrt(shape[shape.length - 1]));
    for (int i = 0; i < values.length; i++) {
      values[i] *= scale;
    }
    return HostTensor.of("weight", shape, values);
  }

  private Norm norm(Backend backend, long seed, Activation activation) {
    HostTensor gamma = Comparison.weight(seed, width);
    return backend.layerNorm(gamma, Comparison.weight(seed + 1, width), 1e-5f, activation);
  }

  ConvolutionLayers layers(Backend backend) {
    boolean batchNorm = mix == Mix.BATCH_NORM;
    DepthwiseConv depthwise =
        backend.depthwiseConv(
            new DepthwiseSpec(
                weight(5, width, taps),
                Comparison.weight(6, width),
                causal ? taps - 1 : (taps - 1) / 2,
                causal ? Comparison.weight(7, width) : null,
                batchNorm ? Activation.SWISH : Activation.NONE));
    return new ConvolutionLayers(
        norm(backend, 1, Activation.NONE),
        backend.linear(
            weight(3, 2 * width, width), Comparison.weight(4, 2 * width), Activation.GLU),
        depthwise,
        batchNorm ? null : norm(backend, 8, Activation.SWISH),
        mix == Mix.GROUP_NORM,
        backend.linear(weight(10, width, width), Comparison.weight(11, width), Activation.NONE));
  }

  float[] x(int... lengths) {
    return random(Arrays.stream(lengths).sum() * width, 12);
  }

  /** The sum for random rows in segments of these lengths. */
  float[] run(Backend backend, int... lengths) {
    return run(backend, x(lengths), lengths);
  }

  float[] run(Backend backend, float[] values, int... lengths) {
    Segments segments = new Segments();
    for (int length : lengths) {
      segments.add(length);
    }
    try (Execution e = backend.newExecution()) {
      // not-a-number around it
      Tensor x = RoundedFactors.input(e, segments.rows(), width, values);
      float[] sum = new float[values.length];
      e.read(e.convolution(x, layers(backend), segments), sum, 0);
      return sum;
    }
  }

  /** Within what roundings of either sign may move a sum: 8 deviations, as single products. */
  void assertClose(String what, float[] expected, float[] found, Precision precision) {
    double squares = 0;
    for (float value : expected) {
      squares += (double) value * value;
    }
    double size = Math.sqrt(squares / expected.length);
    double bound = 8 * Math.scalb(size, precision == Precision.F16 ? -12 : -9);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs((double) expected[i] - found[i]) <= bound)) {
        throw new AssertionError(
            "%s, %s: %g for %g at %d, bound %g"
                .formatted(this, what, found[i], expected[i], i, bound));
      }
    }
  }
}

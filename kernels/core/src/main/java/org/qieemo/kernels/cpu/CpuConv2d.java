package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.OpShapes;

/**
 * A convolution with ReLU: as a linear layer over patches [kernel, kernel, inputChannels], by
 * minimal filtering, or of one input channel as {@link CpuKernels#convolve} takes it.
 *
 * @param layer null for the others
 * @param filter null for the others
 * @param taps [kernel, kernel, outputChannels], null unless narrow
 * @param bias [outputChannels], null unless narrow
 */
record CpuConv2d(
    CpuBackend owner,
    CpuLinear layer,
    MinimalFilter filter,
    float[] taps,
    float[] bias,
    Conv2dGeometry geometry)
    implements Conv2d {
  static CpuConv2d of(
      CpuBackend owner, HostTensor weight, HostTensor bias, Conv2dGeometry geometry) {
    OpShapes.conv2dLayer(weight, bias, geometry);
    boolean narrow =
        owner.kernels().convolves()
            && geometry.inputChannels() == 1
            && geometry.kernel() == CpuKernels.TAPS
            && geometry.stride() == CpuKernels.STEP;
    if (narrow) {
      return new CpuConv2d(
          owner, null, null, taps(weight.toFloats(), geometry), bias.toFloats(), geometry);
    }
    if (MinimalFilter.fits(geometry, owner.kernels())) {
      MinimalFilter filter = MinimalFilter.of(owner, weight, bias, geometry);
      return new CpuConv2d(owner, null, filter, null, null, geometry);
    }
    CpuLinear layer = new CpuLinear(owner, weight, bias, Activation.RELU);
    return new CpuConv2d(owner, layer, null, null, null, geometry);
  }

  /** Output channels innermost. */
  private static float[] taps(float[] weight, Conv2dGeometry geometry) {
    int channels = geometry.outputChannels();
    int count = weight.length / channels;
    float[] taps = new float[weight.length];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < count; i++) {
        taps[i * channels + c] = weight[c * count + i];
      }
    }
    return taps;
  }

  boolean isNarrow() {
    return taps != null;
  }

  /** Whether it is done by minimal filtering. */
  boolean isMinimal() {
    return filter != null;
  }
}

package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.DepthwiseConv;
import org.qieemo.kernels.DepthwiseSpec;

/** Weights of a depthwise convolution, taps outermost. */
final class CpuDepthwise implements DepthwiseConv {
  private final int channels;
  private final int kernel;
  private final int leftPadding;
  private final Activation activation;
  private final float[] weight; // [kernel, channels]
  private final float[] bias; // [channels]
  private final float[] paddingRow; // [channels]

  CpuDepthwise(DepthwiseSpec spec) {
    channels = spec.weight().dim(0);
    kernel = spec.weight().dim(1);
    leftPadding = spec.leftPadding();
    activation = spec.activation();
    bias = spec.bias().toFloats();
    paddingRow = spec.paddingRow() == null ? new float[channels] : spec.paddingRow().toFloats();
    weight = new float[kernel * channels];
    float[] byChannel = spec.weight().toFloats();
    for (int c = 0; c < channels; c++) {
      for (int k = 0; k < kernel; k++) {
        weight[k * channels + c] = byChannel[c * kernel + k];
      }
    }
  }

  int leftPadding() {
    return leftPadding;
  }

  Activation activation() {
    return activation;
  }

  float[] weight() {
    return weight;
  }

  float[] bias() {
    return bias;
  }

  float[] paddingRow() {
    return paddingRow;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public int kernel() {
    return kernel;
  }
}

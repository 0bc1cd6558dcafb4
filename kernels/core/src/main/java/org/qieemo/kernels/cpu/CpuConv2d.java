package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.OpShapes;

/** A convolution as a linear layer over patches [kernel, kernel, inputChannels]. */
record CpuConv2d(CpuBackend owner, CpuLinear layer, Conv2dGeometry geometry) implements Conv2d {
  static CpuConv2d of(
      CpuBackend owner, HostTensor weight, HostTensor bias, Conv2dGeometry geometry) {
    OpShapes.conv2dLayer(weight, bias, geometry);
    return new CpuConv2d(owner, new CpuLinear(owner, weight, bias, Activation.RELU), geometry);
  }
}

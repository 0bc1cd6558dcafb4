package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.ShapeException;

/** A convolution as a linear layer over patches [kernel, kernel, inputChannels]. */
record CpuConv2d(CpuBackend owner, CpuLinear layer, Conv2dGeometry geometry) implements Conv2d {
  static CpuConv2d of(
      CpuBackend owner, HostTensor weight, HostTensor bias, Conv2dGeometry geometry) {
    ShapeException.require("conv2d", "rank of the weight", 4, weight.rank());
    ShapeException.require("conv2d", "output channels", geometry.outputChannels(), weight.dim(0));
    ShapeException.require("conv2d", "taps over time", geometry.kernel(), weight.dim(1));
    ShapeException.require("conv2d", "taps over frequency", geometry.kernel(), weight.dim(2));
    ShapeException.require("conv2d", "input channels", geometry.inputChannels(), weight.dim(3));
    return new CpuConv2d(owner, new CpuLinear(owner, weight, bias, Activation.RELU), geometry);
  }
}

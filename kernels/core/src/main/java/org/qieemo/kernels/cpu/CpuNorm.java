package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.ShapeException;

/** Weights of a LayerNorm or GroupNorm. */
record CpuNorm(CpuBackend owner, float[] gamma, float[] beta, float eps, Activation activation)
    implements Norm {
  static CpuNorm of(
      CpuBackend owner, HostTensor gamma, HostTensor beta, float eps, Activation activation) {
    ShapeException.require("layer norm", "elements of beta", gamma.elements(), beta.elements());
    if (activation == Activation.GLU) {
      throw new ShapeException("layer norm: GLU is for linear layers");
    }
    return new CpuNorm(owner, gamma.toFloats(), beta.toFloats(), eps, activation);
  }

  @Override
  public int width() {
    return gamma.length;
  }
}

package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.OpShapes;

/** Weights of a LayerNorm. */
record CpuNorm(CpuBackend owner, float[] gamma, float[] beta, float eps, Activation activation)
    implements Norm {
  static CpuNorm of(
      CpuBackend owner, HostTensor gamma, HostTensor beta, float eps, Activation activation) {
    OpShapes.normLayer(gamma, beta, activation);
    return new CpuNorm(owner, gamma.toFloats(), beta.toFloats(), eps, activation);
  }

  @Override
  public int width() {
    return gamma.length;
  }
}

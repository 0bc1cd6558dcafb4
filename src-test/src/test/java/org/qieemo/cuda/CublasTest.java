package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.qieemo.opencl.Comparison.halved;
import static org.qieemo.opencl.Comparison.random;
import static org.qieemo.opencl.Comparison.weight;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Precision;
import org.qieemo.kernels.Tensor;
import org.qieemo.kernels.cuda.CudaProvider;
import org.qieemo.kernels.device.DeviceBackend;

/** NVIDIA's products in place of ours, where a property asks for them. */
class CublasTest {
  private static final String PROPERTY = "qieemo.cuda.gemm";

  @BeforeEach
  void turnOn() {
    CudaUnderTest.orSkip();
    System.setProperty(PROPERTY, "cublas");
    String said = String.join("\n", new CudaProvider().details());
    Assumptions.assumeTrue(said.contains("cuBLAS: usable"), said);
  }

  @AfterEach
  void leave() {
    System.clearProperty(PROPERTY);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16"})
  void everyKindOfLayerIsWithinTheBoundsOfOps(DType dtype) {
    long before = CudaUnderTest.isReal() ? 0 : Control.objects();
    try (Backend cpu = Backends.open("cpu", new BackendOptions(1));
        Backend cuda =
            DeviceBackend.open(CudaUnderTest.deviceOrSkip(), Precision.valueOf(dtype.name()))) {
      for (Activation activation : Activation.values()) {
        HostTensor w = weight(1, 96, 40);
        float[] x = random(33 * 40, 3);
        float[] rounded = halved(dtype, HostTensor.of("x", new int[] {x.length}, x)).toFloats();
        float[] expected = run(cpu, halved(dtype, w), rounded, activation);
        float[] found = run(cuda, w, x, activation);
        for (int i = 0; i < expected.length; i++) {
          assertEquals(
              expected[i], found[i], 1e-5f + 1e-4f * Math.abs(expected[i]), activation.name());
        }
      }
    }
    assertEquals(before, CudaUnderTest.isReal() ? 0 : Control.objects());
  }

  private static float[] run(Backend backend, HostTensor w, float[] x, Activation activation) {
    try (Execution e = backend.newExecution()) {
      var layer = backend.linear(w, weight(2, 96), activation);
      Tensor in = e.take(33, 40);
      e.write(x, 0, in);
      Tensor out = e.take(33, layer.outputs());
      e.linear(in, layer, out);
      if (activation != Activation.GLU) {
        e.linearAdd(in, layer, 0.5f, out);
      }
      float[] found = new float[33 * layer.outputs()];
      e.read(out, found, 0);
      return found;
    }
  }

  @Test
  void itsProductsAreMeasured() {
    List<String> kernels = new ArrayList<>();
    try (DeviceBackend cuda = DeviceBackend.open(CudaUnderTest.deviceOrSkip(), Precision.BF16);
        Execution e = cuda.newExecution((kernel, nanos) -> kernels.add(kernel))) {
      Tensor x = e.take(9, 64);
      e.write(random(9 * 64, 3), 0, x);
      e.linear(x, cuda.linear(weight(1, 32, 64), null, Activation.NONE), e.take(9, 32));
    }
    assertEquals(List.of("round_rows", "cublas", "finish_linear"), kernels);
  }

  @Test
  void anUnknownProviderIsRefused() {
    System.setProperty(PROPERTY, "cutlass");
    try (Backend cuda = DeviceBackend.open(CudaUnderTest.deviceOrSkip(), Precision.BF16)) {
      BackendException e =
          assertThrows(
              BackendException.class, () -> cuda.linear(weight(1, 32, 64), null, Activation.NONE));
      assertTrue(e.getMessage().contains("neither own nor cublas"), e.getMessage());
    }
  }
}

package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.qieemo.opencl.Comparison.random;
import static org.qieemo.opencl.Comparison.weight;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Precision;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.Tensor;
import org.qieemo.kernels.device.Device;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.opencl.Comparison.Frame;

/** Products of whole warpgroups, on a device of compute capability 9.0 where a property is set. */
class WarpgroupTest {
  private static final String PROPERTY = "qieemo.cuda.wgmma";
  private static final HopperProperty HOPPER =
      new HopperProperty(PROPERTY, "products of whole warpgroups");

  /** Results of at least one tile for each of an emulated device's 4 multiprocessors. */
  private static final int[][] SIZES = {{300, 290}, {129, 257}, {512, 256}, {449, 129}};

  /** The same for 132. */
  private static final int[][] LARGE_SIZES = {
    {2100, 2100}, {1283, 3329}, {17000, 256}, {16900, 129}
  };

  private static Backend cpu;

  @BeforeAll
  static void open() {
    CudaUnderTest.orSkip();
    cpu = Backends.open("cpu", new BackendOptions(0));
  }

  @AfterAll
  static void close() {
    if (cpu != null) {
      cpu.close();
    }
  }

  @BeforeEach
  void turnOn() {
    HOPPER.turnOn();
  }

  @AfterEach
  void turnOff() {
    HOPPER.turnOff();
  }

  private static int[][] sizes() {
    return CudaUnderTest.isReal() ? LARGE_SIZES : SIZES;
  }

  private static int[] large() {
    return sizes()[0];
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16"})
  void everySizeOfResult(DType dtype) {
    for (int[] size : sizes()) {
      for (int depth : new int[] {8, 40, 64, 128, 200}) {
        int rows = size[0];
        int outputs = size[1];
        HostTensor bias = weight(2, outputs);
        RoundedFactors.compare(
            cpu,
            rows + " x " + depth + " x " + outputs,
            dtype,
            weight(1, outputs, depth),
            random(rows * depth, 3),
            (backend, e, w, x) -> {
              Frame out = RoundedFactors.frame(e, rows, outputs, 7);
              Tensor in = RoundedFactors.input(e, rows, depth, x);
              e.linear(in, backend.linear(w, bias, Activation.NONE), out.view());
              return out;
            });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void everyActivation(Activation activation) {
    boolean glu = activation == Activation.GLU;
    for (int[] size : sizes()) {
      int rows = size[0];
      int outputs = size[1];
      HostTensor bias = weight(2, glu ? 2 * outputs : outputs);
      RoundedFactors.compare(
          cpu,
          activation + " of " + rows + " x " + outputs,
          DType.BF16,
          weight(1, glu ? 2 * outputs : outputs, 72),
          random(rows * 72, 3),
          (backend, e, w, x) -> {
            Frame out = RoundedFactors.frame(e, rows, outputs, 7);
            Tensor in = RoundedFactors.input(e, rows, 72, x);
            var layer = backend.linear(w, bias, activation);
            e.linear(in, layer, out.view());
            if (!glu) {
              e.linearAdd(in, layer, -0.5f, out.view());
            }
            return out;
          });
    }
  }

  /** Sums that are exact in any order: no rounding hides what is left out. */
  @ParameterizedTest
  @ValueSource(ints = {1024, 1032, 2048})
  void deepLayers(int depth) {
    int rows = large()[0];
    int outputs = large()[1];
    RoundedFactors.compare(
        cpu,
        "deep " + depth,
        DType.BF16,
        RoundedFactors.integers(1, outputs, depth),
        RoundedFactors.integers(3, rows, depth).toFloats(),
        (backend, e, w, x) -> {
          Frame out = RoundedFactors.frame(e, rows, outputs, 7);
          Tensor in = RoundedFactors.input(e, rows, depth, x);
          e.linearAdd(in, backend.linear(w, null, Activation.RELU), 0.5f, out.view());
          return out;
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {129, 200, 258})
  void convolutions(int outputs) {
    int times = CudaUnderTest.isReal() ? 32 : 1;
    for (int channels : new int[] {8, 24}) {
      Conv2dGeometry g = new Conv2dGeometry(3, 2, channels == 8 ? 1 : 0, channels, outputs, 19);
      Segments frames = new Segments();
      Segments outFrames = new Segments();
      for (int length : new int[] {7, 0, 130 * times, 4}) {
        frames.add(length);
        outFrames.add(g.outputFrames(length));
      }
      int rows = frames.rows() * g.inputBins();
      HostTensor bias = weight(3, outputs);
      RoundedFactors.compare(
          cpu,
          "conv2d " + g,
          DType.F16,
          weight(1, outputs, 3, 3, channels),
          random(rows * channels, 2),
          (backend, e, w, x) -> {
            Frame out = RoundedFactors.frame(e, outFrames.rows() * g.outputBins(), outputs, 7);
            Tensor in = RoundedFactors.input(e, rows, channels, x);
            e.conv2d(in, backend.conv2d(w, bias, g), frames, out.view(), outFrames);
            return out;
          });
    }
  }

  /** That they have run, and for large results alone: the emulation sums them in another order. */
  @Test
  void largeResultsAloneAreOfOtherBits() {
    int rows = large()[0];
    int outputs = large()[1];
    float[] large = product(rows, outputs);
    float[] small = product(60, outputs);
    System.setProperty(PROPERTY, "off");
    float[] usual = product(rows, outputs);
    assertArrayEquals(product(60, outputs), small, "a few rows");
    if (CudaUnderTest.isReal()) {
      String which = Arrays.equals(usual, large) ? "the same bits" : "other bits";
      System.out.println("products of warpgroups have " + which + " than those of warps");
    } else {
      assertFalse(Arrays.equals(usual, large), "the products of warpgroups have not run");
    }
  }

  private static float[] product(int rows, int outputs) {
    try (Backend cuda = DeviceBackend.open(CudaUnderTest.deviceOrSkip(), Precision.BF16);
        Execution e = cuda.newExecution()) {
      Tensor x = e.take(rows, 264);
      e.write(random(rows * 264, 3), 0, x);
      Tensor out = e.take(rows, outputs);
      e.linear(x, cuda.linear(weight(1, outputs, 264), null, Activation.NONE), out);
      float[] found = new float[rows * outputs];
      e.read(out, found, 0);
      return found;
    }
  }

  @Test
  void areOffUnlessAskedFor() {
    System.clearProperty(PROPERTY);
    assertEquals(List.of("product bf16 128x128", "deep bf16 128x128"), largest());
    System.setProperty(PROPERTY, "on");
    assertEquals(List.of("wgmma bf16", "wgmma bf16"), largest());
    System.setProperty(PROPERTY, "yes");
    BackendException e = assertThrows(BackendException.class, WarpgroupTest::largest);
    assertTrue(e.getMessage().contains("neither on nor off"), e.getMessage());
  }

  private static List<String> largest() {
    try (Device device = CudaUnderTest.deviceOrSkip()) {
      return List.of(
          device.products(DType.BF16).get(0).text().name(),
          device.deepProducts(DType.BF16).get(0).text().name());
    }
  }

  /** Newer devices have other instructions in their place. */
  @ParameterizedTest
  @ValueSource(ints = {80, 89, 100, 120})
  void otherDevicesRefuse(int capability) {
    Assumptions.assumeFalse(CudaUnderTest.isReal(), "needs an emulated device");
    Control.capability(capability);
    BackendException e = assertThrows(BackendException.class, WarpgroupTest::largest);
    assertTrue(e.getMessage().contains("compute capability 9.0"), e.getMessage());
  }
}

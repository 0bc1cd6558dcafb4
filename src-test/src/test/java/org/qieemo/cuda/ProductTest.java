package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.qieemo.opencl.Comparison.halved;
import static org.qieemo.opencl.Comparison.random;
import static org.qieemo.opencl.Comparison.weight;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Precision;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.Tensor;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.opencl.Comparison;
import org.qieemo.opencl.Comparison.Frame;
import org.qieemo.opencl.GoldenModel;

/** Matrix products on tensor cores. */
class ProductTest {
  /** Results that a tile of each size gets on a device of 4 multiprocessors, and on one of 132. */
  private static final int[][] SIZES = {{1, 5}, {30, 33}, {75, 130}, {300, 290}};

  private static final int[][] LARGE_SIZES = {{700, 800}, {2000, 1700}};

  @TempDir Path folder;

  private static Backend cpu;

  @BeforeAll
  static void open() {
    CudaUnderTest.orSkip();
    cpu = Backends.open("cpu", new BackendOptions(1));
  }

  @AfterAll
  static void close() {
    if (cpu != null) {
      cpu.close();
    }
  }

  private static int[][] sizes() {
    int[][] all = Arrays.copyOf(SIZES, SIZES.length + (CudaUnderTest.isReal() ? 2 : 0));
    if (CudaUnderTest.isReal()) {
      System.arraycopy(LARGE_SIZES, 0, all, SIZES.length, 2);
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16"})
  void everySizeOfTile(DType dtype) {
    for (int[] size : sizes()) {
      for (int depth : new int[] {8, 40, 64, 200}) {
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
              var layer = backend.linear(w, bias, Activation.NONE);
              e.linear(RoundedFactors.input(e, rows, depth, x), layer, out.view());
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
          weight(1, glu ? 2 * outputs : outputs, 48),
          random(rows * 48, 3),
          (backend, e, w, x) -> {
            Frame out = RoundedFactors.frame(e, rows, outputs, 7);
            Tensor in = RoundedFactors.input(e, rows, 48, x);
            var layer = backend.linear(w, bias, activation);
            e.linear(in, layer, out.view());
            if (!glu) {
              e.linearAdd(in, layer, -0.5f, out.view());
            }
            return out;
          });
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16"})
  void convolutions(DType dtype) {
    for (int channels : new int[] {8, 24}) {
      for (int outputs : new int[] {5, 40, 130}) {
        Conv2dGeometry g = new Conv2dGeometry(3, 2, channels == 8 ? 1 : 0, channels, outputs, 19);
        Segments frames = new Segments();
        Segments outFrames = new Segments();
        for (int length : new int[] {7, 0, 30, 4}) {
          frames.add(length);
          outFrames.add(g.outputFrames(length));
        }
        int rows = frames.rows() * g.inputBins();
        HostTensor bias = weight(3, outputs);
        RoundedFactors.compare(
            cpu,
            "conv2d " + g,
            dtype,
            weight(1, outputs, 3, 3, channels),
            random(rows * channels, 2),
            (backend, e, w, x) -> {
              Frame out = RoundedFactors.frame(e, outFrames.rows() * g.outputBins(), outputs, 7);
              var conv = backend.conv2d(w, bias, g);
              e.conv2d(
                  RoundedFactors.input(e, rows, channels, x), conv, frames, out.view(), outFrames);
              return out;
            });
      }
    }
  }

  /** What is not aligned goes to the portable kernels, which round the weight alone. */
  @Test
  void rowsThatAreNotAlignedAreMultipliedToo() {
    HostTensor w = weight(1, 33, 24);
    try (Backend cuda = DeviceBackend.open(CudaUnderTest.deviceOrSkip(), Precision.BF16)) {
      new Comparison(cpu, cuda)
          .check(
              "not aligned",
              (backend, e) -> {
                Frame out = RoundedFactors.frame(e, 20, 33, 7);
                HostTensor mine = backend == cpu ? halved(DType.BF16, w) : w;
                Tensor x = Comparison.input(e, 20, 24, 3);
                e.linear(x, backend.linear(mine, null, Activation.NONE), out.view());
                return out;
              });
    }
  }

  /** Of depths that four slices share evenly, unevenly, and not all of them; in exact sums. */
  @ParameterizedTest
  @ValueSource(ints = {1024, 1032, 1288})
  void deepLayers(int depth) {
    for (int[] size : new int[][] {{5, 40}, {75, 130}}) {
      int rows = size[0];
      int outputs = size[1];
      RoundedFactors.compare(
          cpu,
          "deep " + rows + " x " + depth + " x " + outputs,
          DType.BF16,
          RoundedFactors.integers(1, outputs, depth),
          RoundedFactors.integers(3, rows, depth).toFloats(),
          (backend, e, w, x) -> {
            Frame out = RoundedFactors.frame(e, rows, outputs, 7);
            e.linearAdd(
                RoundedFactors.input(e, rows, depth, x),
                backend.linear(w, null, Activation.RELU),
                0.5f,
                out.view());
            return out;
          });
    }
  }

  /** A width that lanes share evenly, and others; the largest tile does not normalise itself. */
  @ParameterizedTest
  @ValueSource(ints = {8, 72, 512, 520})
  void normalizingOnTheWayChangesNoBit(int width) {
    float[] x = random(300 * width, 3);
    for (Activation activation : new Activation[] {Activation.SWISH, Activation.GLU}) {
      try (Backend cuda = DeviceBackend.open(CudaUnderTest.deviceOrSkip(), Precision.F16)) {
        HostTensor w = weight(1, 96, width);
        var layer = cuda.linear(w, weight(2, 96), activation);
        var norm = cuda.layerNorm(weight(4, width), weight(5, width), 1e-5f, Activation.NONE);
        for (int rows : new int[] {1, 33, 75, 300}) {
          float[] together = new float[rows * layer.outputs()];
          float[] apart = new float[rows * layer.outputs()];
          try (Execution e = cuda.newExecution()) {
            Tensor in = e.take(rows, width);
            e.write(x, 0, in);
            Tensor out = e.take(rows, layer.outputs());
            e.normLinear(in, norm, layer, out);
            e.read(out, together, 0);
            Tensor normal = e.take(rows, width);
            e.layerNorm(in, norm, normal);
            e.linear(normal, layer, out);
            e.read(out, apart, 0);
          }
          assertArrayEquals(apart, together, activation + " of " + rows + " x " + width);
        }
      }
    }
  }

  /** That the kernels which normalise are there and run, and are not merely equal to themselves. */
  @Test
  void normalizingOnTheWayIsOneLaunch() {
    List<String> kernels = new ArrayList<>();
    try (DeviceBackend cuda = DeviceBackend.open(CudaUnderTest.deviceOrSkip(), Precision.F16);
        Execution e = cuda.newExecution((kernel, nanos) -> kernels.add(kernel))) {
      var norm = cuda.layerNorm(weight(4, 64), weight(5, 64), 1e-5f, Activation.NONE);
      var glu = cuda.linear(weight(1, 64, 64), null, Activation.GLU);
      var up = cuda.linear(weight(1, 64, 64), null, Activation.SWISH);
      Tensor x = e.take(9, 64);
      e.write(random(9 * 64, 3), 0, x);
      e.normLinear(x, norm, glu, e.take(9, 32));
      e.feedForward(x, norm, up, up, 0.5f, x);
    }
    assertEquals(List.of("norm_linear_glu", "norm_linear", "linear_add"), kernels);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 1048})
  void theTileDoesNotChangeABit(int depth) {
    int most = CudaUnderTest.isReal() ? 3000 : 300;
    HostTensor w = weight(1, 290, depth);
    float[] x = random(most * depth, 3);
    try (Backend cuda = DeviceBackend.open(CudaUnderTest.deviceOrSkip(), Precision.BF16);
        Execution e = cuda.newExecution()) {
      var layer = cuda.linear(w, null, Activation.SWISH);
      float[] together = run(e, layer, x, most, depth);
      for (int rows : new int[] {1, 33, 75}) {
        float[] alone = run(e, layer, x, rows, depth);
        assertArrayEquals(Arrays.copyOf(together, rows * 290), alone, rows + " rows");
      }
    }
  }

  private static float[] run(
      Execution e, org.qieemo.kernels.Linear layer, float[] x, int rows, int depth) {
    int mark = e.mark();
    Tensor in = e.take(rows, depth);
    e.write(x, 0, in);
    Tensor out = e.take(rows, layer.outputs());
    e.linear(in, layer, out);
    float[] found = new float[rows * layer.outputs()];
    e.read(out, found, 0);
    e.release(mark);
    return found;
  }

  /** The project's bounds for probabilities in sixteen bits. */
  @ParameterizedTest
  @CsvSource({"F16, 5e-3", "BF16, 2e-2"})
  void theWholeModelStaysWithinTheBound(Precision precision, double bound) throws Exception {
    GoldenModel golden = GoldenModel.load(folder);
    float[] exact = golden.hear(cpu);
    float[] found;
    try (Backend cuda = DeviceBackend.open(CudaUnderTest.deviceOrSkip(), precision)) {
      found = golden.hear(cuda);
    }
    assertFalse(Arrays.equals(exact, found), "nothing was rounded");
    int classes = exact.length / 2;
    for (int from = 0; from < exact.length; from += classes) {
      double[] p = softmax(exact, from, classes);
      double[] q = softmax(found, from, classes);
      for (int c = 0; c < classes; c++) {
        assertEquals(p[c], q[c], bound, "probability of class " + c);
      }
    }
  }

  private static double[] softmax(float[] logits, int from, int count) {
    double[] e = new double[count];
    double sum = 0;
    for (int c = 0; c < count; c++) {
      e[c] = Math.exp(logits[from + c]);
      sum += e[c];
    }
    for (int c = 0; c < count; c++) {
      e[c] /= sum;
    }
    return e;
  }
}

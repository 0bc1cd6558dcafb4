package org.qieemo.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.qieemo.opencl.Comparison.input;
import static org.qieemo.opencl.Comparison.output;
import static org.qieemo.opencl.Comparison.weight;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.DepthwiseSpec;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Pooling;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.device.DeviceBackend;

/** Every op of the OpenCL back end against the CPU's, at awkward sizes, inside larger tensors. */
class OpsTest {
  private static final int[] COLUMNS = {1, 7, 16, 33, 64, 255, 256, 257, 600};

  private static Backend cpu;
  private static CountingDevice device;
  private static Backend opencl;
  private static Comparison comparison;

  @BeforeAll
  static void open() {
    device = new CountingDevice(OpenCl.deviceOrSkip());
    cpu = Backends.open("cpu", new BackendOptions(1));
    opencl = DeviceBackend.open(device);
    comparison = new Comparison(cpu, opencl);
  }

  @AfterAll
  static void nothingIsLeft() {
    if (opencl != null) {
      opencl.close();
      cpu.close();
      assertEquals(0, device.live(), "live device objects");
      assertTrue(device.isClosed());
    }
  }

  static Segments segments(int... lengths) {
    Segments segments = new Segments();
    for (int length : lengths) {
      segments.add(length);
    }
    return segments;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 15, 16, 17, 31, 64, 144, 513})
  void linear(int inputs) {
    for (int outputs : new int[] {1, 7, 33, 64, 65, 176}) {
      HostTensor w = weight(1, outputs, inputs);
      HostTensor b = weight(2, outputs);
      for (int rows : new int[] {1, 2, 13, 63, 64, 67}) {
        comparison.check(
            rows + " x " + inputs + " x " + outputs,
            (backend, e) -> {
              var out = output(e, rows, outputs);
              var layer = backend.linear(w, b, Activation.NONE);
              e.linear(input(e, rows, inputs, 3), layer, out.view());
              return out;
            });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void activationsOfLinearLayers(Activation activation) {
    boolean glu = activation == Activation.GLU;
    for (int outputs : new int[] {1, 33, 100}) {
      HostTensor w = weight(4, glu ? 2 * outputs : outputs, 24);
      HostTensor b = weight(5, w.dim(0));
      comparison.check(
          activation + " of " + outputs,
          (backend, e) -> {
            var out = output(e, 67, outputs);
            e.linear(input(e, 67, 24, 6), backend.linear(w, b, activation), out.view());
            return out;
          });
      if (!glu) {
        comparison.check(
            activation + " of " + outputs + ", added",
            (backend, e) -> {
              var out = output(e, 67, outputs);
              e.write(Comparison.random(67 * outputs, 7), 0, out.view());
              var layer = backend.linear(w, null, activation);
              e.linearAdd(input(e, 67, 24, 6), layer, 0.5f, out.view());
              return out;
            });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void weightsOfSixteenBits(DType dtype) {
    HostTensor w = Comparison.halved(dtype, weight(8, 70, 130));
    HostTensor conv = Comparison.halved(dtype, weight(9, 5, 3, 3, 2));
    Conv2dGeometry g = new Conv2dGeometry(3, 2, 0, 2, 5, 11);
    comparison.check(
        "linear in " + dtype,
        (backend, e) -> {
          var out = output(e, 67, 70);
          e.linear(input(e, 67, 130, 10), backend.linear(w, null, Activation.NONE), out.view());
          return out;
        });
    comparison.check(
        "conv2d in " + dtype,
        (backend, e) -> {
          var out = output(e, 4 * g.outputBins(), 5);
          var layer = backend.conv2d(conv, weight(11, 5), g);
          var x = input(e, 9 * 11, 2, 12);
          e.conv2d(x, layer, segments(9), out.view(), segments(4));
          return out;
        });
  }

  @Test
  void layerNorm() {
    for (int cols : COLUMNS) {
      for (Activation activation : List.of(Activation.NONE, Activation.SWISH)) {
        comparison.check(
            "layer norm of " + cols,
            (backend, e) -> {
              var norm = backend.layerNorm(weight(1, cols), weight(2, cols), 1e-5f, activation);
              var out = output(e, 19, cols);
              e.layerNorm(input(e, 19, cols, 3), norm, out.view());
              e.layerNorm(out.view(), norm, out.view()); // in place
              return out;
            });
      }
    }
  }

  @Test
  void groupNorm() {
    Segments segments = segments(1, 5, 0, 77);
    for (int cols : COLUMNS) {
      for (Activation activation : List.of(Activation.NONE, Activation.SWISH)) {
        comparison.check(
            "group norm of " + cols,
            (backend, e) -> {
              var norm = backend.layerNorm(weight(1, cols), weight(2, cols), 1e-5f, activation);
              var out = output(e, segments.rows(), cols);
              e.groupNorm(input(e, segments.rows(), cols, 3), norm, segments, out.view());
              e.groupNorm(out.view(), norm, segments, out.view()); // in place
              return out;
            });
      }
    }
  }

  @Test
  void softmaxAndItsLogarithm() {
    for (int cols : COLUMNS) {
      float[] x = Comparison.random(19 * cols, 4);
      for (int i = 0; i < x.length; i++) {
        x[i] *= 30;
      }
      comparison.check(
          "softmax of " + cols,
          (backend, e) -> {
            var out = output(e, 19, cols);
            e.softmax(input(e, 19, cols, x), out.view());
            return out;
          });
      comparison.check(
          "log softmax of " + cols,
          (backend, e) -> {
            var out = output(e, 19, cols);
            e.write(x, 0, out.view());
            e.logSoftmax(out.view(), out.view());
            return out;
          });
    }
  }

  @Test
  void softmaxOfInfinitiesAndOfWhatIsNoNumber() {
    float minus = Float.NEGATIVE_INFINITY;
    float[] x = {minus, 5, minus, minus, minus, minus, 1, Float.NaN, 2, 1e30f, -1e30f, 0};
    comparison.check(
        "softmax",
        (backend, e) -> {
          var out = output(e, 4, 3);
          e.softmax(input(e, 4, 3, x), out.view());
          return out;
        });
  }

  @Test
  void sums() {
    for (int cols : COLUMNS) {
      comparison.check(
          "scaled sum of " + cols,
          (backend, e) -> {
            var out = output(e, 19, cols);
            e.scaledSum(0.5f, input(e, 19, cols, 6), -3f, input(e, 19, cols, 7), out.view());
            e.scaledSum(2f, out.view(), 1f, out.view(), out.view());
            return out;
          });
      comparison.check(
          "gated sum of " + cols,
          (backend, e) -> {
            var out = output(e, 19, cols);
            e.write(Comparison.random(19 * cols, 8), 0, out.view());
            e.gatedSum(out.view(), input(e, 19, cols, 6), input(e, 19, cols, 7), out.view());
            return out;
          });
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 15, 31})
  void depthwise(int kernel) {
    for (int padding : new int[] {(kernel - 1) / 2, kernel - 1, 0}) {
      for (int channels : new int[] {1, 17, 176}) {
        for (int[] lengths : new int[][] {{1}, {3, 1, 0, 40}, {100}}) {
          for (HostTensor outside : new HostTensor[] {null, weight(4, channels)}) {
            DepthwiseSpec spec =
                new DepthwiseSpec(
                    weight(1, channels, kernel),
                    weight(2, channels),
                    padding,
                    outside,
                    outside == null ? Activation.SWISH : Activation.NONE);
            Segments segments = segments(lengths);
            comparison.check(
                "depthwise of " + kernel + " over " + channels,
                (backend, e) -> {
                  var out = output(e, segments.rows(), channels);
                  var x = input(e, segments.rows(), channels, 3);
                  e.depthwiseConv(x, backend.depthwiseConv(spec), segments, out.view());
                  return out;
                });
          }
        }
      }
    }
  }

  @Test
  void conv2d() {
    List<Conv2dGeometry> geometries =
        List.of(
            new Conv2dGeometry(3, 2, 0, 1, 24, 80),
            new Conv2dGeometry(3, 2, 0, 24, 40, 39),
            new Conv2dGeometry(3, 2, 1, 17, 16, 40),
            new Conv2dGeometry(5, 3, 0, 7, 33, 39),
            new Conv2dGeometry(1, 1, 0, 3, 5, 4),
            new Conv2dGeometry(3, 1, 2, 2, 3, 3));
    for (Conv2dGeometry g : geometries) {
      for (int[] lengths : new int[][] {{7}, {1, 0, 23, 2, 5}, {40, 41}}) {
        Segments frames = segments(lengths);
        Segments outFrames = new Segments();
        for (int length : lengths) {
          outFrames.add(g.outputFrames(length));
        }
        HostTensor w = weight(1, g.outputChannels(), g.kernel(), g.kernel(), g.inputChannels());
        comparison.check(
            "conv2d " + g,
            (backend, e) -> {
              var out = output(e, outFrames.rows() * g.outputBins(), g.outputChannels());
              var x = input(e, frames.rows() * g.inputBins(), g.inputChannels(), 2);
              var conv = backend.conv2d(w, weight(3, g.outputChannels()), g);
              e.conv2d(x, conv, frames, out.view(), outFrames);
              return out;
            });
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Pooling.class)
  void pool(Pooling pooling) {
    Segments segments = segments(1, 5, 0, 77);
    for (int cols : new int[] {1, 7, 33, 300}) {
      comparison.check(
          pooling + " of " + cols,
          (backend, e) -> {
            var out = output(e, 4, pooling == Pooling.MEAN_STD ? 2 * cols : cols);
            var x = input(e, segments.rows(), cols, 1);
            var scores = pooling == Pooling.WEIGHTED ? input(e, segments.rows(), 1, 2) : null;
            e.pool(pooling, x, scores, segments, out.view());
            return out;
          });
    }
  }
}

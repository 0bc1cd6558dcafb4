package org.qieemo.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.qieemo.opencl.Comparison.halved;
import static org.qieemo.opencl.Comparison.input;
import static org.qieemo.opencl.Comparison.output;
import static org.qieemo.opencl.Comparison.weight;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Precision;
import org.qieemo.kernels.device.DeviceBackend;

/** Matrices rounded to sixteen bits on the device. */
class PrecisionTest {
  @TempDir static Path folder;

  /** The device gets the weights as they are, the CPU rounded: both must compute the same. */
  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"F16", "BF16"})
  void matricesOfEveryTypeAreRoundedToIt(Precision precision) {
    DType rounded = DType.valueOf(precision.name());
    Conv2dGeometry g = new Conv2dGeometry(3, 2, 0, 2, 5, 11);
    CountingDevice device = new CountingDevice(OpenCl.deviceOrSkip());
    try (Backend cpu = Backends.open("cpu", new BackendOptions(1));
        Backend opencl = DeviceBackend.open(device, precision)) {
      assertTrue(opencl.description().endsWith(", matrices in " + precision.text()));
      Comparison comparison = new Comparison(cpu, opencl);
      for (DType stored : new DType[] {DType.F32, DType.F16, DType.BF16}) {
        HostTensor linear = stored(stored, weight(8, 70, 130));
        HostTensor conv = stored(stored, weight(9, 5, 3, 3, 2));
        comparison.check(
            "linear from " + stored,
            (backend, e) -> {
              HostTensor w = backend == cpu ? halved(rounded, linear) : linear;
              var out = output(e, 67, 70);
              e.linear(input(e, 67, 130, 10), backend.linear(w, null, Activation.NONE), out.view());
              return out;
            });
        comparison.check(
            "conv2d from " + stored,
            (backend, e) -> {
              HostTensor w = backend == cpu ? halved(rounded, conv) : conv;
              var out = output(e, 4 * g.outputBins(), 5);
              var layer = backend.conv2d(w, weight(11, 5), g);
              var x = input(e, 9 * 11, 2, 12);
              e.conv2d(x, layer, OpsTest.segments(9), out.view(), OpsTest.segments(4));
              return out;
            });
      }
    }
    assertEquals(0, device.live(), "live device objects");
  }

  private static HostTensor stored(DType dtype, HostTensor weight) {
    return dtype == DType.F32 ? weight : halved(dtype, weight);
  }

  /** The project's bounds for probabilities of sixteen-bit weights. */
  @ParameterizedTest
  @CsvSource({"F16, 5e-3", "BF16, 2e-2"})
  void theWholeModelStaysWithinTheBoundOfItsPrecision(Precision precision, double bound)
      throws Exception {
    OpenCl.orSkip();
    GoldenModel golden = GoldenModel.load(folder);
    float[] exact;
    float[] found;
    try (Backend cpu = Backends.open("cpu", new BackendOptions(1));
        Backend opencl = Backends.open("opencl", new BackendOptions(0).withPrecision(precision))) {
      exact = golden.hear(cpu);
      found = golden.hear(opencl);
    }
    assertFalse(Arrays.equals(exact, found), "nothing was rounded");
    int classes = exact.length / 2;
    for (int utterance = 0; utterance < 2; utterance++) {
      double[] p = softmax(exact, utterance * classes, classes);
      double[] q = softmax(found, utterance * classes, classes);
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

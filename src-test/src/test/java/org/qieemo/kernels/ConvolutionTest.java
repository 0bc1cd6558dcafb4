package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Depthwise and two-dimensional convolutions against double-precision loops, on both kernels. */
class ConvolutionTest {
  private static final int[][] BATCHES = {{1}, {3, 1, 0, 40}, {100}, {31, 32, 33}};

  static Segments segments(int... lengths) {
    Segments segments = new Segments();
    for (int length : lengths) {
      segments.add(length);
    }
    return segments;
  }

  static Stream<Arguments> depthwiseCases() {
    List<Arguments> all = new ArrayList<>();
    for (String kernels : Cpu.kernels()) {
      for (int kernel : new int[] {1, 2, 4, 5, 15, 31}) {
        for (int padding : new int[] {(kernel - 1) / 2, kernel - 1, 0}) {
          all.add(Arguments.of(kernels, kernel, padding, false));
          all.add(Arguments.of(kernels, kernel, padding, true));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("depthwiseCases")
  void depthwise(String kernels, int kernel, int padding, boolean paddingRow) {
    for (int channels : new int[] {1, 15, 17, 64, 176}) {
      for (int[] lengths : BATCHES) {
        for (Activation activation : List.of(Activation.NONE, Activation.SWISH)) {
          depthwise(kernels, kernel, padding, paddingRow, channels, lengths, activation);
        }
      }
    }
  }

  private static void depthwise(
      String kernels,
      int kernel,
      int padding,
      boolean paddingRow,
      int channels,
      int[] lengths,
      Activation activation) {
    Segments segments = segments(lengths);
    Matrix x = Matrix.random(segments.rows(), channels, 1);
    Matrix w = Matrix.random(channels, kernel, 2);
    Matrix b = Matrix.random(1, channels, 3);
    Matrix row = paddingRow ? Matrix.random(1, channels, 4) : new Matrix(1, channels);
    double[] expected = new double[x.values.length];
    for (int s = 0; s < segments.count(); s++) {
      for (int t = 0; t < segments.length(s); t++) {
        for (int c = 0; c < channels; c++) {
          double sum = b.values[c];
          for (int k = 0; k < kernel; k++) {
            int from = t - padding + k;
            boolean inside = from >= 0 && from < segments.length(s);
            sum += w.at(c, k) * (inside ? x.at(segments.start(s) + from, c) : row.values[c]);
          }
          expected[(segments.start(s) + t) * channels + c] = sum;
        }
      }
    }
    try (Backend backend = Cpu.open(kernels, 1);
        Execution e = backend.newExecution()) {
      HostTensor outside = paddingRow ? row.vector() : null;
      DepthwiseConv conv =
          backend.depthwiseConv(
              new DepthwiseSpec(w.weight(), b.vector(), padding, outside, activation));
      Matrix.Framed out = new Matrix(x.rows, channels).framed(e, 7f);
      e.depthwiseConv(x.framed(e, Float.NaN).view(), conv, segments, out.view());
      Matrix.assertClose(LinearTest.activate(activation, expected, channels), out.check(e));
    }
  }

  static Stream<Arguments> geometries() {
    List<Arguments> all = new ArrayList<>();
    for (String kernels : Cpu.kernels()) {
      all.add(Arguments.of(kernels, new Conv2dGeometry(3, 2, 0, 1, 24, 80)));
      all.add(Arguments.of(kernels, new Conv2dGeometry(3, 2, 0, 24, 40, 39)));
      all.add(Arguments.of(kernels, new Conv2dGeometry(3, 2, 1, 1, 17, 80)));
      all.add(Arguments.of(kernels, new Conv2dGeometry(3, 2, 1, 17, 16, 40)));
      all.add(Arguments.of(kernels, new Conv2dGeometry(5, 3, 0, 7, 33, 39)));
      all.add(Arguments.of(kernels, new Conv2dGeometry(1, 1, 0, 3, 5, 4)));
      all.add(Arguments.of(kernels, new Conv2dGeometry(3, 1, 2, 2, 3, 3)));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("geometries")
  void conv2d(String kernels, Conv2dGeometry g) {
    for (int[] lengths : new int[][] {{7}, {1, 0, 23, 2, 5}, {40, 41}}) {
      assertConvolves(kernels, g, Matrix.ABSOLUTE, lengths);
    }
  }

  /** Compares with double-precision loops, for a batch of these lengths. */
  static void assertConvolves(String kernels, Conv2dGeometry g, double absolute, int... lengths) {
    Segments frames = segments(lengths);
    Segments outFrames = new Segments();
    for (int length : lengths) {
      outFrames.add(g.outputFrames(length));
    }
    Matrix x = Matrix.random(frames.rows() * g.inputBins(), g.inputChannels(), 1);
    Matrix b = Matrix.random(1, g.outputChannels(), 3);
    int taps = g.kernel() * g.kernel() * g.inputChannels();
    Matrix w = Matrix.random(g.outputChannels(), taps, 2);
    int outRows = outFrames.rows() * g.outputBins();
    try (Backend backend = Cpu.open(kernels, 1);
        Execution e = backend.newExecution()) {
      Conv2d conv = backend.conv2d(weight(g, w), b.vector(), g);
      double[] expected = conv2d(g, x, w, b, frames, outFrames);
      Matrix.Framed out = new Matrix(outRows, g.outputChannels()).framed(e, 7f);
      e.conv2d(x.on(e), conv, frames, out.view(), outFrames);
      Matrix.assertClose(expected, out.check(e), absolute, Matrix.RELATIVE);
      Tensor view = x.framed(e, Float.NaN).view();
      e.conv2d(view, conv, frames, out.view(), outFrames);
      Matrix.assertClose(expected, out.check(e), absolute, Matrix.RELATIVE);
    }
  }

  static Stream<Arguments> pairs() {
    List<Arguments> all = new ArrayList<>();
    for (String kernels : Cpu.kernels()) {
      for (int threads : new int[] {1, 3}) {
        for (int padding : new int[] {0, 1}) {
          all.add(Arguments.of(kernels, threads, padding, 80, 24));
          all.add(Arguments.of(kernels, threads, padding, 11, 17));
          all.add(Arguments.of(kernels, threads, padding, 41, 256)); // by minimal filtering
          all.add(Arguments.of(kernels, threads, padding, 230, 3)); // more bins than an item takes
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void twoAtOnceGiveTheBitsOfTwoCalls(
      String kernels, int threads, int padding, int bins, int channels) {
    Conv2dGeometry g = new Conv2dGeometry(3, 2, padding, 1, channels, bins);
    Conv2dGeometry h = new Conv2dGeometry(3, 2, padding, channels, 40, g.outputBins());
    for (int[] lengths : new int[][] {{9}, {1, 0, 23, 2, 7, 5}, {340, 41}}) {
      Segments frames = segments(lengths);
      Segments between = new Segments();
      Segments outFrames = new Segments();
      for (int length : lengths) {
        between.add(g.outputFrames(length));
        outFrames.add(h.outputFrames(g.outputFrames(length)));
      }
      Matrix x = Matrix.random(frames.rows() * bins, 1, 1);
      try (Backend backend = Cpu.open(kernels, threads);
          Execution e = backend.newExecution()) {
        Conv2d first = backend.conv2d(weight(g, 2), Matrix.random(1, channels, 3).vector(), g);
        Conv2d second = backend.conv2d(weight(h, 4), Matrix.random(1, 40, 5).vector(), h);
        Tensor y = e.take(between.rows() * g.outputBins(), channels);
        Tensor expected = e.take(outFrames.rows() * h.outputBins(), 40);
        e.conv2d(x.on(e), first, frames, y, between);
        e.conv2d(y, second, between, expected, outFrames);
        Matrix.Framed out = new Matrix(expected.rows(), 40).framed(e, 7f);
        Tensor view = x.framed(e, Float.NaN).view();
        e.conv2d(view, first, frames, between, second, out.view(), outFrames);
        Matrix.assertSame(Matrix.read(e, expected), out.check(e), "two at once");
      }
    }
  }

  static HostTensor weight(Conv2dGeometry g, long seed) {
    return weight(g, Matrix.random(g.outputChannels(), 9 * g.inputChannels(), seed));
  }

  private static HostTensor weight(Conv2dGeometry g, Matrix w) {
    int[] shape = {g.outputChannels(), g.kernel(), g.kernel(), g.inputChannels()};
    return HostTensor.of("conv", shape, w.values);
  }

  private static double[] conv2d(
      Conv2dGeometry g, Matrix x, Matrix w, Matrix b, Segments frames, Segments outFrames) {
    double[] y = new double[outFrames.rows() * g.outputBins() * g.outputChannels()];
    for (int s = 0; s < frames.count(); s++) {
      for (int t = 0; t < outFrames.length(s); t++) {
        for (int f = 0; f < g.outputBins(); f++) {
          for (int o = 0; o < g.outputChannels(); o++) {
            double sum = b.values[o] + patch(g, x, w, frames, s, t, f, o);
            int row = (outFrames.start(s) + t) * g.outputBins() + f;
            y[row * g.outputChannels() + o] = Math.max(sum, 0);
          }
        }
      }
    }
    return y;
  }

  private static double patch(
      Conv2dGeometry g, Matrix x, Matrix w, Segments frames, int s, int t, int f, int o) {
    double sum = 0;
    for (int kt = 0; kt < g.kernel(); kt++) {
      for (int kf = 0; kf < g.kernel(); kf++) {
        int frame = t * g.stride() - g.padding() + kt;
        int bin = f * g.stride() - g.padding() + kf;
        if (frame < 0 || frame >= frames.length(s) || bin < 0 || bin >= g.inputBins()) {
          continue;
        }
        for (int i = 0; i < g.inputChannels(); i++) {
          int row = (frames.start(s) + frame) * g.inputBins() + bin;
          sum += x.at(row, i) * w.at(o, (kt * g.kernel() + kf) * g.inputChannels() + i);
        }
      }
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void refuseShapesThatDoNotFit(String kernels) {
    Conv2dGeometry g = new Conv2dGeometry(3, 2, 0, 1, 4, 8);
    Matrix w = Matrix.random(4, 9, 1);
    HostTensor bias = Matrix.random(1, 4, 1).vector();
    try (Backend backend = Cpu.open(kernels, 1);
        Execution e = backend.newExecution()) {
      Conv2d conv = backend.conv2d(weight(g, w), bias, g);
      Tensor x = e.take(7 * 8, 1);
      Tensor out = e.take(3 * 3, 4);
      Segments seven = Segments.single(7);
      assertThrows(ShapeException.class, () -> e.conv2d(x, conv, seven, out, Segments.single(2)));
      assertThrows(
          ShapeException.class,
          () -> e.conv2d(x, conv, Segments.single(6), out, Segments.single(3)));
      assertThrows(ShapeException.class, () -> e.conv2d(x, conv, seven, out, segments(2, 1)));
      assertThrows(ShapeException.class, () -> backend.conv2d(w.weight(), bias, g));
      DepthwiseConv depthwise =
          backend.depthwiseConv(
              new DepthwiseSpec(Matrix.random(4, 3, 1).weight(), bias, 1, null, Activation.NONE));
      Tensor rows = e.take(7, 4);
      assertThrows(
          ShapeException.class, () -> e.depthwiseConv(rows, depthwise, Segments.single(6), rows));
      assertThrows(
          ShapeException.class, () -> e.depthwiseConv(e.take(7, 5), depthwise, seven, rows));
    }
  }
}

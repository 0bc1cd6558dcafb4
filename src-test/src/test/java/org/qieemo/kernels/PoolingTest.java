package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pooling against double-precision loops. */
class PoolingTest {
  private static final int[] LENGTHS = {1, 5, 0, 77};

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 33, 160})
  void everyKind(int cols) {
    Segments segments = ConvolutionTest.segments(LENGTHS);
    Matrix x = Matrix.random(segments.rows(), cols, 1);
    Matrix scores = Matrix.random(segments.rows(), 1, 2).times(4f);
    try (Backend backend = Cpu.open("plain", 1);
        Execution e = backend.newExecution()) {
      Tensor in = x.framed(e, Float.NaN).view();
      Tensor by = scores.framed(e, Float.NaN).view();
      for (Pooling pooling : Pooling.values()) {
        int wide = pooling == Pooling.MEAN_STD ? 2 * cols : cols;
        Matrix.Framed out = new Matrix(LENGTHS.length, wide).framed(e, 7f);
        Tensor weights = pooling == Pooling.WEIGHTED ? by : null;
        e.pool(pooling, in, weights, segments, out.view());
        double[] expected = new double[LENGTHS.length * wide];
        for (int s = 0; s < LENGTHS.length; s++) {
          for (int c = 0; c < cols; c++) {
            pool(pooling, x, scores, segments, s, c, expected, s * wide);
          }
        }
        Matrix.assertClose(expected, out.check(e), 1e-6, 1e-6);
      }
    }
  }

  private static void pool(
      Pooling pooling,
      Matrix x,
      Matrix scores,
      Segments segments,
      int s,
      int c,
      double[] out,
      int at) {
    int start = segments.start(s);
    int length = segments.length(s);
    double total = 0;
    double mean = 0;
    for (int t = 0; t < length; t++) {
      double weight = pooling == Pooling.WEIGHTED ? Math.exp(scores.at(start + t, 0)) : 1;
      total += weight;
      mean += weight * x.at(start + t, c);
    }
    mean = length == 0 ? 0 : mean / total; // an empty segment pools to zeros
    out[at + c] = mean;
    if (pooling == Pooling.MEAN_STD) {
      double variance = 0;
      for (int t = 0; t < length; t++) {
        variance += Math.pow(x.at(start + t, c) - mean, 2) / length;
      }
      out[at + x.cols + c] = Math.sqrt(variance + 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void refusesShapesThatDoNotFit(String kernels) {
    Segments segments = ConvolutionTest.segments(2, 3);
    try (Backend backend = Cpu.open(kernels, 1);
        Execution e = backend.newExecution()) {
      Tensor x = e.take(5, 4);
      Tensor two = e.take(2, 4);
      Tensor wide = e.take(2, 8);
      Tensor scores = e.take(5, 1);
      assertThrows(ShapeException.class, () -> e.pool(Pooling.MEAN, x, null, segments, x));
      assertThrows(ShapeException.class, () -> e.pool(Pooling.MEAN, x, null, segments, wide));
      assertThrows(ShapeException.class, () -> e.pool(Pooling.MEAN_STD, x, null, segments, two));
      assertThrows(ShapeException.class, () -> e.pool(Pooling.WEIGHTED, x, null, segments, two));
      assertThrows(ShapeException.class, () -> e.pool(Pooling.WEIGHTED, x, x, segments, two));
      assertThrows(
          ShapeException.class, () -> e.pool(Pooling.WEIGHTED, two, scores, segments, two));
    }
  }
}

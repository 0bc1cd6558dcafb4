package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GroupNorm over whole segments against double-precision loops. */
class GroupNormTest {
  private static final int[] COLUMNS = {1, 7, 16, 33, 160};
  private static final int[] LENGTHS = {1, 5, 0, 77};
  private static final float EPS = 1e-5f;

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void followsItsFormula(String kernels) {
    Segments segments = ConvolutionTest.segments(LENGTHS);
    for (int cols : COLUMNS) {
      for (Activation activation : new Activation[] {Activation.NONE, Activation.SWISH}) {
        Matrix x = Matrix.random(segments.rows(), cols, 1).times(3f);
        Matrix gamma = Matrix.random(1, cols, 2);
        Matrix beta = Matrix.random(1, cols, 3);
        double[] expected =
            LinearTest.activate(activation, groupNorm(x, gamma, beta, segments), cols);
        try (Backend backend = Cpu.open(kernels, 1);
            Execution e = backend.newExecution()) {
          Norm norm = backend.layerNorm(gamma.vector(), beta.vector(), EPS, activation);
          Matrix.Framed in = x.framed(e, Float.NaN);
          Matrix.Framed out = new Matrix(x.rows, cols).framed(e, 7f);
          e.groupNorm(in.view(), norm, segments, out.view());
          Matrix.assertClose(expected, out.check(e), 2e-5, 1e-4);
          e.groupNorm(in.view(), norm, segments, in.view());
          Matrix.assertSame(out.check(e), Matrix.read(e, in.view()), "in place");
        }
      }
    }
  }

  private static double[] groupNorm(Matrix x, Matrix gamma, Matrix beta, Segments segments) {
    double[] y = new double[x.values.length];
    for (int s = 0; s < segments.count(); s++) {
      int from = segments.start(s) * x.cols;
      int to = segments.start(s + 1) * x.cols;
      double mean = 0;
      for (int i = from; i < to; i++) {
        mean += x.values[i] / (double) (to - from);
      }
      double variance = 0;
      for (int i = from; i < to; i++) {
        variance += Math.pow(x.values[i] - mean, 2) / (to - from);
      }
      for (int i = from; i < to; i++) {
        int c = i % x.cols;
        y[i] = (x.values[i] - mean) / Math.sqrt(variance + EPS) * gamma.values[c] + beta.values[c];
      }
    }
    return y;
  }

  /** The variance of values far from 0 is that of their distances, not a difference of squares. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void valuesFarFromZeroKeepTheirVariance(String kernels) {
    int rows = 1000;
    Matrix x = new Matrix(rows, 16);
    for (int i = 0; i < x.values.length; i++) {
      x.values[i] = 4096 + (i % 3 - 1) * 0.25f;
    }
    Matrix ones = new Matrix(1, 16);
    Arrays.fill(ones.values, 1f);
    Matrix zeros = new Matrix(1, 16);
    Segments segments = ConvolutionTest.segments(rows);
    double[] expected = groupNorm(x, ones, zeros, segments);
    try (Backend backend = Cpu.open(kernels, 1);
        Execution e = backend.newExecution()) {
      Tensor t = x.on(e);
      Norm norm = backend.layerNorm(ones.vector(), zeros.vector(), EPS, Activation.NONE);
      e.groupNorm(t, norm, segments, t);
      Matrix.assertClose(expected, Matrix.read(e, t), 1e-3, 1e-3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void refusesShapesThatDoNotFit(String kernels) {
    Segments segments = ConvolutionTest.segments(2, 3);
    try (Backend backend = Cpu.open(kernels, 1);
        Backend other = Cpu.open(kernels, 1);
        Execution e = backend.newExecution()) {
      Tensor x = e.take(5, 4);
      Tensor tall = e.take(6, 4);
      Tensor wide = e.take(5, 5);
      HostTensor four = Matrix.random(1, 4, 1).vector();
      Norm norm = backend.layerNorm(four, four, EPS, Activation.NONE);
      Norm foreign = other.layerNorm(four, four, EPS, Activation.NONE);
      assertThrows(ShapeException.class, () -> e.groupNorm(wide, norm, segments, wide));
      assertThrows(ShapeException.class, () -> e.groupNorm(tall, norm, segments, tall));
      assertThrows(ShapeException.class, () -> e.groupNorm(x, norm, segments, tall));
      assertThrows(IllegalArgumentException.class, () -> e.groupNorm(x, foreign, segments, x));
    }
  }
}

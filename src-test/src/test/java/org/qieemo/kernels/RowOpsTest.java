package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ops that work row by row against double-precision loops, on both kernels. */
class RowOpsTest {
  private static final int[] COLUMNS = {1, 2, 7, 15, 16, 17, 31, 33, 64, 100, 255, 257, 600};
  private static final int ROWS = 19;

  private interface Body {
    void run(Backend backend, Execution execution);
  }

  private static void with(String kernels, Body body) {
    try (Backend backend = Cpu.open(kernels, 1);
        Execution execution = backend.newExecution()) {
      body.run(backend, execution);
    }
  }

  static Stream<Arguments> elementActivations() {
    List<Arguments> all = new ArrayList<>();
    for (String kernels : Cpu.kernels()) {
      for (Activation activation : Activation.values()) {
        if (activation != Activation.GLU) {
          all.add(Arguments.of(kernels, activation));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("elementActivations")
  void layerNormFollowsItsFormula(String kernels, Activation activation) {
    for (int cols : COLUMNS) {
      for (float eps : new float[] {1e-5f, 1e-12f}) {
        Matrix x = Matrix.random(ROWS, cols, 1).times(3f);
        Matrix gamma = Matrix.random(1, cols, 2);
        Matrix beta = Matrix.random(1, cols, 3);
        double[] expected = layerNorm(x, gamma, beta, eps);
        double[] activated = LinearTest.activate(activation, expected, cols);
        with(
            kernels,
            (backend, e) -> {
              Norm norm = backend.layerNorm(gamma.vector(), beta.vector(), eps, activation);
              Matrix.Framed in = x.framed(e, Float.NaN);
              Matrix.Framed out = new Matrix(ROWS, cols).framed(e, 7f);
              e.layerNorm(in.view(), norm, out.view());
              Matrix.assertClose(activated, out.check(e), 2e-5, 1e-4);
              e.layerNorm(in.view(), norm, in.view());
              Matrix.assertSame(out.check(e), Matrix.read(e, in.view()), "in place");
            });
      }
    }
  }

  private static double[] layerNorm(Matrix x, Matrix gamma, Matrix beta, double eps) {
    double[] y = new double[x.values.length];
    for (int r = 0; r < x.rows; r++) {
      double mean = 0;
      for (int c = 0; c < x.cols; c++) {
        mean += x.at(r, c) / (double) x.cols;
      }
      double variance = 0;
      for (int c = 0; c < x.cols; c++) {
        variance += (x.at(r, c) - mean) * (x.at(r, c) - mean) / x.cols;
      }
      for (int c = 0; c < x.cols; c++) {
        double normal = (x.at(r, c) - mean) / Math.sqrt(variance + eps);
        // one column: 0 / sqrt(eps) is 0 and stays so
        y[r * x.cols + c] = normal * gamma.values[c] + beta.values[c];
      }
    }
    return y;
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void softmaxAndItsLogarithm(String kernels) {
    for (int cols : COLUMNS) {
      Matrix x = Matrix.random(ROWS, cols, 4).times(30f);
      with(
          kernels,
          (backend, e) -> {
            Matrix.Framed in = x.framed(e, Float.NaN);
            Matrix.Framed out = new Matrix(ROWS, cols).framed(e, 7f);
            e.softmax(in.view(), out.view());
            Matrix.assertClose(softmax(x, false), out.check(e), 1e-7, 1e-5);
            e.logSoftmax(in.view(), out.view());
            Matrix.assertClose(softmax(x, true), out.check(e), 1e-5, 1e-6);
            e.logSoftmax(in.view(), in.view());
            Matrix.assertSame(out.check(e), Matrix.read(e, in.view()), "in place");
            e.softmax(out.view(), out.view());
            out.check(e);
          });
    }
  }

  private static double[] softmax(Matrix x, boolean log) {
    double[] y = new double[x.values.length];
    for (int r = 0; r < x.rows; r++) {
      double total = 0;
      double top = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < x.cols; c++) {
        top = Math.max(top, x.at(r, c));
      }
      for (int c = 0; c < x.cols; c++) {
        total += Math.exp(x.at(r, c) - top);
      }
      for (int c = 0; c < x.cols; c++) {
        double logarithm = x.at(r, c) - top - Math.log(total);
        y[r * x.cols + c] = log ? logarithm : Math.exp(logarithm);
      }
    }
    return y;
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void softmaxOfInfinitiesAndLargeValues(String kernels) {
    float minus = Float.NEGATIVE_INFINITY;
    with(
        kernels,
        (backend, e) -> {
          for (int cols : new int[] {4, 40}) {
            Matrix x = new Matrix(3, cols);
            for (int c = 0; c < cols; c++) {
              x.values[c] = c == 2 ? 5f : minus; // one finite value
              x.values[cols + c] = minus;
              x.values[2 * cols + c] = 1e30f * (c == 1 ? 1 : -1);
            }
            Tensor t = x.on(e);
            e.softmax(t, t);
            Matrix y = Matrix.read(e, t);
            for (int c = 0; c < cols; c++) {
              assertEquals(c == 2 ? 1f : 0f, y.at(0, c));
              assertEquals(0f, y.at(1, c), "a row without any finite value gives zeros");
              assertEquals(c == 1 ? 1f : 0f, y.at(2, c));
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void notANumberPassesThrough(String kernels) {
    with(
        kernels,
        (backend, e) -> {
          for (int cols : new int[] {5, 48}) {
            Matrix x = Matrix.random(2, cols, 5);
            x.values[3] = Float.NaN; // first row only
            Tensor in = x.on(e);
            Tensor out = e.take(2, cols);
            e.softmax(in, out);
            assertOnlyFirstRowNaN(Matrix.read(e, out));
            e.logSoftmax(in, out);
            assertOnlyFirstRowNaN(Matrix.read(e, out));
            Matrix ones = new Matrix(1, cols);
            Arrays.fill(ones.values, 1f);
            e.layerNorm(
                in, backend.layerNorm(ones.vector(), ones.vector(), 1e-5f, Activation.SWISH), out);
            assertOnlyFirstRowNaN(Matrix.read(e, out));
          }
        });
  }

  private static void assertOnlyFirstRowNaN(Matrix y) {
    for (int c = 0; c < y.cols; c++) {
      assertTrue(Float.isNaN(y.at(0, c)), "row 0, column " + c + " is " + y.at(0, c));
      assertTrue(Float.isFinite(y.at(1, c)), "row 1, column " + c + " is " + y.at(1, c));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void scaledSumAndGatedSum(String kernels) {
    for (int cols : COLUMNS) {
      Matrix a = Matrix.random(ROWS, cols, 6);
      Matrix b = Matrix.random(ROWS, cols, 7);
      Matrix g = Matrix.random(ROWS, cols, 8);
      double[] sum = new double[a.values.length];
      double[] gated = new double[a.values.length];
      for (int i = 0; i < sum.length; i++) {
        sum[i] = 0.5 * a.values[i] - 3.0 * b.values[i];
        double gate = g.values[i];
        gated[i] = gate * a.values[i] + (1 - gate) * b.values[i];
      }
      with(
          kernels,
          (backend, e) -> {
            Tensor x = a.framed(e, Float.NaN).view();
            Tensor y = b.framed(e, Float.NaN).view();
            Matrix.Framed gate = g.framed(e, 5f);
            Matrix.Framed out = new Matrix(ROWS, cols).framed(e, 7f);
            e.scaledSum(0.5f, x, -3f, y, out.view());
            Matrix.assertClose(sum, out.check(e), 1e-6, 1e-6);
            e.gatedSum(gate.view(), x, y, out.view());
            Matrix.assertClose(gated, out.check(e), 1e-6, 1e-6);
            e.gatedSum(gate.view(), x, y, gate.view());
            Matrix.assertSame(out.check(e), gate.check(e), "in place");
            e.scaledSum(0.5f, x, -3f, y, x);
            Matrix.assertClose(sum, Matrix.read(e, x), 1e-6, 1e-6);
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void refuseShapesThatDoNotFit(String kernels) {
    with(
        kernels,
        (backend, e) -> {
          Tensor a = e.take(3, 4);
          Tensor wide = e.take(3, 5);
          Tensor tall = e.take(4, 4);
          HostTensor four = Matrix.random(1, 4, 1).vector();
          HostTensor five = Matrix.random(1, 5, 1).vector();
          Norm norm = backend.layerNorm(five, five, 1e-5f, Activation.NONE);
          assertThrows(ShapeException.class, () -> e.layerNorm(a, norm, a));
          assertThrows(ShapeException.class, () -> e.layerNorm(wide, norm, a));
          assertThrows(ShapeException.class, () -> e.softmax(a, wide));
          assertThrows(ShapeException.class, () -> e.logSoftmax(a, tall));
          assertThrows(ShapeException.class, () -> e.scaledSum(1, a, 1, wide, a));
          assertThrows(ShapeException.class, () -> e.gatedSum(tall, a, a, a));
          assertThrows(
              ShapeException.class, () -> backend.layerNorm(four, five, 0f, Activation.NONE));
          assertThrows(
              ShapeException.class, () -> backend.layerNorm(four, four, 0f, Activation.GLU));
        });
  }
}

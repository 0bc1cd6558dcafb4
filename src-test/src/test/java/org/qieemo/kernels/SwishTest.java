package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Swish to its last digits, behind a depthwise convolution that leaves values as they are: of the
 * vector kernels, the result; of the plain ones, the sigmoid, a few units in the last place below 1
 * (their tanh is a known rational one). The channels are no whole number of vectors, and of pairs
 * of vectors, of any width.
 */
class SwishTest {
  private static final int CHANNELS = 7 * 16 + 5;

  /** Beyond |x| = 43 the vector kernels take the sigmoid at 43 for zero or one. */
  private static final double BEYOND = 3e-19;

  @ParameterizedTest
  @CsvSource({"plain, 1e-6, 2e-7", "vector, 8e-7, 0"})
  void isRightInItsLastDigits(String kernels, double relative, double ofArgument) {
    Random random = new Random(1);
    Matrix x = new Matrix(200, CHANNELS);
    for (int i = 0; i < x.values.length; i++) {
      float within = i % 2 == 0 ? 43 : 8;
      x.values[i] = within * (2 * random.nextFloat() - 1);
    }
    Matrix found = swish(kernels, x);
    for (int i = 0; i < x.values.length; i++) {
      double expected = x.values[i] / (1 + Math.exp(-x.values[i]));
      double bound = relative * Math.abs(expected) + ofArgument * Math.abs(x.values[i]);
      assertEquals(expected, found.values[i], bound, "of " + x.values[i]);
    }
  }

  @ParameterizedTest
  @CsvSource({"plain, 1e-6, 2e-7", "vector, 8e-7, 0"})
  void holdsFarFromZero(String kernels, double relative, double ofArgument) {
    float[] far = {
      -1e30f, -3e6f, -1000, -88, -87, -44, 0, -0f, 1e-40f, 43, 44, 87, 88, 1e4f, 3e38f
    };
    for (int place : new int[] {0, 1, 40, CHANNELS - far.length}) {
      Matrix x = new Matrix(1, CHANNELS);
      System.arraycopy(far, 0, x.values, place, far.length);
      Matrix found = swish(kernels, x);
      for (int i = 0; i < CHANNELS; i++) {
        double value = x.values[i];
        double expected = value / (1 + Math.exp(-value));
        double bound = relative * Math.abs(expected) + (ofArgument + BEYOND) * Math.abs(value);
        assertEquals(expected, found.values[i], bound, "of " + value);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void whatIsNoNumberStaysInItsPlace(String kernels) {
    for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      for (int place : new int[] {0, 15, 16, 33, CHANNELS - 20, CHANNELS - 1}) {
        Matrix x = new Matrix(1, CHANNELS);
        Arrays.fill(x.values, 1f);
        x.values[place] = odd;
        Matrix found = swish(kernels, x);
        for (int i = 0; i < CHANNELS; i++) {
          if (i == place) {
            assertEquals(odd, found.values[i], "at " + i);
          } else {
            assertTrue(Math.abs(found.values[i] - 0.7310586f) < 1e-6f, "at " + i);
          }
        }
      }
    }
  }

  private static Matrix swish(String kernels, Matrix x) {
    Matrix ones = new Matrix(x.cols, 1);
    Arrays.fill(ones.values, 1f);
    HostTensor zeros = new Matrix(1, x.cols).vector();
    try (Backend backend = Cpu.open(kernels, 1);
        Execution execution = backend.newExecution()) {
      DepthwiseConv same =
          backend.depthwiseConv(new DepthwiseSpec(ones.weight(), zeros, 0, null, Activation.SWISH));
      Tensor out = execution.take(x.rows, x.cols);
      execution.depthwiseConv(x.on(execution), same, Segments.single(x.rows), out);
      return Matrix.read(execution, out);
    }
  }
}

package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;

/** A host matrix [rows, cols] for tests, and its way into and out of tensors that are views. */
final class Matrix {
  /** The project's usual bound: 1e-5 + 1e-4 |expected|. */
  static final double ABSOLUTE = 1e-5;

  static final double RELATIVE = 1e-4;

  private static final int ABOVE = 2;
  private static final int BELOW = 1;
  private static final int LEFT = 3;
  private static final int RIGHT = 5;

  final int rows;
  final int cols;
  final float[] values;

  Matrix(int rows, int cols) {
    this(rows, cols, new float[rows * cols]);
  }

  Matrix(int rows, int cols, float[] values) {
    this.rows = rows;
    this.cols = cols;
    this.values = values;
  }

  /** Uniform in [-1, 1). */
  static Matrix random(int rows, int cols, long seed) {
    Matrix m = new Matrix(rows, cols);
    Random random = new Random(seed);
    for (int i = 0; i < m.values.length; i++) {
      m.values[i] = 2 * random.nextFloat() - 1;
    }
    return m;
  }

  Matrix times(float factor) {
    Matrix m = new Matrix(rows, cols);
    for (int i = 0; i < values.length; i++) {
      m.values[i] = factor * values[i];
    }
    return m;
  }

  float at(int row, int col) {
    return values[row * cols + col];
  }

  /** Rows {@code from} to {@code from + count}. */
  Matrix slice(int from, int count) {
    return new Matrix(count, cols, Arrays.copyOfRange(values, from * cols, (from + count) * cols));
  }

  HostTensor weight() {
    return HostTensor.of("weight", new int[] {rows, cols}, values);
  }

  /** The values as a vector. */
  HostTensor vector() {
    return HostTensor.of("vector", new int[] {values.length}, values);
  }

  /** A whole tensor with these values. */
  Tensor on(Execution execution) {
    Tensor tensor = execution.take(rows, cols);
    execution.write(values, 0, tensor);
    return tensor;
  }

  static Matrix read(Execution execution, Tensor tensor) {
    Matrix m = new Matrix(tensor.rows(), tensor.cols());
    execution.read(tensor, m.values, 0);
    return m;
  }

  /** A view with these values inside a larger tensor that is otherwise {@code fill}. */
  Framed framed(Execution execution, float fill) {
    Matrix all = new Matrix(ABOVE + rows + BELOW, LEFT + cols + RIGHT);
    Arrays.fill(all.values, fill);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(values, r * cols, all.values, (ABOVE + r) * all.cols + LEFT, cols);
    }
    Tensor whole = all.on(execution);
    Tensor view = execution.columns(execution.rows(whole, ABOVE, rows), LEFT, cols);
    return new Framed(whole, view, fill);
  }

  /** A view and the larger tensor around it. */
  record Framed(Tensor whole, Tensor view, float fill) {
    /** Fails if an element outside of the view changed; returns the view's values. */
    Matrix check(Execution execution) {
      Matrix all = read(execution, whole);
      for (int r = 0; r < all.rows; r++) {
        for (int c = 0; c < all.cols; c++) {
          boolean inside = r >= ABOVE && r < all.rows - BELOW && c >= LEFT && c < all.cols - RIGHT;
          if (!inside) {
            assertEquals(fill, all.at(r, c), "outside of the view at " + r + ", " + c);
          }
        }
      }
      return read(execution, view);
    }
  }

  /** Fails unless every element is within {@code absolute + relative * |expected|} of expected. */
  static void assertClose(double[] expected, Matrix found, double absolute, double relative) {
    assertEquals(expected.length, found.values.length, "number of elements");
    for (int i = 0; i < expected.length; i++) {
      double bound = absolute + relative * Math.abs(expected[i]);
      double difference = Math.abs(expected[i] - found.values[i]);
      if (!(difference <= bound)) {
        throw new AssertionError(
            "element (%d, %d): expected %g, found %g, bound %g"
                .formatted(i / found.cols, i % found.cols, expected[i], found.values[i], bound));
      }
    }
  }

  /** Within the project's usual bound. */
  static void assertClose(double[] expected, Matrix found) {
    assertClose(expected, found, ABSOLUTE, RELATIVE);
  }

  /** Fails unless the bits are the same. */
  static void assertSame(Matrix expected, Matrix found, String what) {
    assertEquals(expected.values.length, found.values.length, what);
    for (int i = 0; i < expected.values.length; i++) {
      int e = Float.floatToRawIntBits(expected.values[i]);
      int f = Float.floatToRawIntBits(found.values[i]);
      if (e != f) {
        throw new AssertionError(
            "%s, element (%d, %d): %g and %g differ"
                .formatted(
                    what, i / found.cols, i % found.cols, expected.values[i], found.values[i]));
      }
    }
  }
}

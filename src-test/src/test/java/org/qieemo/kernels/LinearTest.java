package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** linear and linearAdd against a double-precision loop, on both kernels, at awkward sizes. */
class LinearTest {
  private static final int[] ROWS = {1, 2, 5, 6, 7, 13, 67};
  private static final int[] INPUTS = {1, 3, 15, 16, 17, 31, 64, 144, 513, 1030};
  private static final int[] OUTPUTS = {1, 7, 31, 32, 33, 65, 176, 257, 515};

  static Stream<Arguments> sizes() {
    List<Arguments> all = new ArrayList<>();
    for (String kernels : Cpu.kernels()) {
      for (int inputs : INPUTS) {
        for (int outputs : OUTPUTS) {
          all.add(Arguments.of(kernels, inputs, outputs));
        }
      }
    }
    return all.stream();
  }

  static Stream<Arguments> activations() {
    List<Arguments> all = new ArrayList<>();
    for (String kernels : Cpu.kernels()) {
      for (Activation activation : Activation.values()) {
        all.add(Arguments.of(kernels, activation));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void multipliesAtEverySize(String kernels, int inputs, int outputs) {
    try (Backend backend = Cpu.open(kernels, 1)) {
      checkProduct(backend, inputs, outputs);
    }
  }

  /** Multiplies matrices of various rows and compares. */
  static void checkProduct(Backend backend, int inputs, int outputs) {
    Matrix w = Matrix.random(outputs, inputs, 1);
    Matrix b = Matrix.random(1, outputs, 2);
    Linear layer = backend.linear(w.weight(), b.vector(), Activation.NONE);
    try (Execution execution = backend.newExecution()) {
      for (int rows : ROWS) {
        Matrix x = Matrix.random(rows, inputs, 3);
        Matrix.Framed in = x.framed(execution, Float.NaN);
        Matrix.Framed out = new Matrix(rows, outputs).framed(execution, 7f);
        execution.linear(in.view(), layer, out.view());
        assertProduct(x, w, b, out.check(execution));
        execution.release(0);
      }
    }
  }

  /** Bound: a few rounding steps of the sum of |x||w|. */
  private static void assertProduct(Matrix x, Matrix w, Matrix b, Matrix found) {
    for (int r = 0; r < x.rows; r++) {
      for (int n = 0; n < w.rows; n++) {
        double sum = b.values[n];
        double magnitude = Math.abs(sum);
        for (int k = 0; k < x.cols; k++) {
          double product = (double) x.at(r, k) * w.at(n, k);
          sum += product;
          magnitude += Math.abs(product);
        }
        double difference = Math.abs(sum - found.at(r, n));
        if (!(difference <= 1e-6 + 1e-6 * magnitude)) {
          throw new AssertionError(
              "(%d, %d): expected %g, found %g".formatted(r, n, sum, found.at(r, n)));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void appliesEveryActivation(String kernels, Activation activation) {
    for (int outputs : new int[] {1, 15, 16, 33, 100, 300}) {
      boolean glu = activation == Activation.GLU;
      Matrix x = Matrix.random(19, 24, 4);
      Matrix w = Matrix.random(glu ? 2 * outputs : outputs, 24, 5).times(4f);
      Matrix b = Matrix.random(1, w.rows, 6);
      double[] expected = activate(activation, product(x, w, b), w.rows);
      try (Backend backend = Cpu.open(kernels, 1);
          Execution execution = backend.newExecution()) {
        Linear layer = backend.linear(w.weight(), b.vector(), activation);
        Matrix.Framed out = new Matrix(19, outputs).framed(execution, 7f);
        execution.linear(x.on(execution), layer, out.view());
        Matrix.assertClose(expected, out.check(execution));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void addsScaled(String kernels, Activation activation) {
    Matrix x = Matrix.random(67, 31, 7);
    Matrix w = Matrix.random(34, 31, 8);
    Matrix before = Matrix.random(67, 34, 9);
    try (Backend backend = Cpu.open(kernels, 1);
        Execution execution = backend.newExecution()) {
      Linear layer = backend.linear(w.weight(), null, activation);
      Matrix.Framed sum = before.framed(execution, -3f);
      Tensor in = x.on(execution);
      if (activation == Activation.GLU) {
        Tensor half = execution.take(67, 17);
        assertThrows(ShapeException.class, () -> execution.linearAdd(in, layer, 1f, half));
        return;
      }
      double[] expected = activate(activation, product(x, w, new Matrix(1, 34)), 34);
      for (int i = 0; i < expected.length; i++) {
        expected[i] = before.values[i] + 0.5 * expected[i];
      }
      execution.linearAdd(in, layer, 0.5f, sum.view());
      Matrix.assertClose(expected, sum.check(execution));
    }
  }

  /**
   * Whether kernels keep the eight or sixteen bits or decode them at load, the products have the
   * same bits.
   */
  @ParameterizedTest
  @MethodSource("activations")
  void compactWeightsGiveTheBitsOfTheDecodedOnes(String kernels, Activation activation) {
    for (int inputs : new int[] {32, 96, 256, 288, 544}) {
      for (int outputs : new int[] {2, 32, 34, 98, 258, 300}) {
        assertSameBits(kernels, activation, quantized(outputs, inputs));
        assertSameBits(kernels, activation, halves(DType.F16, outputs, inputs));
        assertSameBits(kernels, activation, halves(DType.BF16, outputs, inputs));
      }
    }
  }

  /** Sixteen bits and a depth that is odd, short, or more than a block. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void halvesOfAnyDepthGiveTheBitsOfTheDecodedOnes(String kernels) {
    for (int inputs : new int[] {1, 2, 9, 33, 130, 257, 390}) {
      for (int outputs : new int[] {1, 64, 70, 100}) {
        assertSameBits(kernels, Activation.NONE, halves(DType.F16, outputs, inputs));
        assertSameBits(kernels, Activation.NONE, halves(DType.BF16, outputs, inputs));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void anInfiniteScaleMakesInfiniteWeights(String kernels) {
    ByteBuffer block = ByteBuffer.allocate(34).order(ByteOrder.LITTLE_ENDIAN);
    block.putShort(Decoder.floatToHalf(Float.POSITIVE_INFINITY));
    while (block.hasRemaining()) {
      block.put((byte) 1);
    }
    HostTensor weight = new HostTensor("w", DType.Q8_0, new int[] {1, 32}, block.flip());
    Matrix x = new Matrix(1, 32);
    Arrays.fill(x.values, 1f);
    try (Backend backend = Cpu.open(kernels, 1);
        Execution execution = backend.newExecution()) {
      Matrix y = product(execution, x, backend.linear(weight, null, Activation.NONE));
      assertEquals(Float.POSITIVE_INFINITY, y.values[0]);
    }
  }

  private static void assertSameBits(String kernels, Activation activation, HostTensor weight) {
    int outputs = weight.dim(0);
    int inputs = weight.dim(1);
    HostTensor decoded = HostTensor.of("decoded", new int[] {outputs, inputs}, weight.toFloats());
    HostTensor bias = Matrix.random(1, outputs, 4).vector();
    Matrix x = Matrix.random(101, inputs, 5);
    try (Backend backend = Cpu.open(kernels, 1);
        Execution execution = backend.newExecution()) {
      Matrix expected = product(execution, x, backend.linear(decoded, bias, activation));
      Matrix found = product(execution, x, backend.linear(weight, bias, activation));
      Matrix.assertSame(expected, found, weight.toString());
    }
  }

  private static HostTensor quantized(int rows, int cols) {
    Random random = new Random(3);
    byte[] bytes = new byte[rows * cols / 32 * 34];
    ByteBuffer blocks = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (blocks.hasRemaining()) {
      byte[] values = new byte[32];
      random.nextBytes(values);
      blocks.putShort(Decoder.floatToHalf(random.nextFloat() / 500)).put(values);
    }
    return new HostTensor("quantized", DType.Q8_0, new int[] {rows, cols}, blocks.flip());
  }

  /** From large to subnormal, of both signs; a zero of each sign. */
  private static HostTensor halves(DType type, int rows, int cols) {
    Random random = new Random(6);
    ByteBuffer halves =
        ByteBuffer.allocate(rows * cols * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; halves.hasRemaining(); i++) {
      float value = i < 2 ? (i == 0 ? 0f : -0f) : (float) random.nextGaussian();
      value = Math.scalb(value, -random.nextInt(25));
      halves.putShort(
          type == DType.F16 ? Decoder.floatToHalf(value) : Decoder.floatToBfloat16(value));
    }
    return new HostTensor("halves", type, new int[] {rows, cols}, halves.flip());
  }

  private static Matrix product(Execution execution, Matrix x, Linear layer) {
    Tensor out = execution.take(x.rows, layer.outputs());
    execution.linear(x.on(execution), layer, out);
    return Matrix.read(execution, out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void survivesExtremeInputs(String kernels) {
    float[] extremes = {-1e30f, -1e4f, -100f, -88f, -20f, 0f, 20f, 88f, 100f, 1e4f, 1e30f};
    Matrix x = new Matrix(extremes.length, 1, extremes);
    Matrix one = new Matrix(1, 1, new float[] {1f});
    try (Backend backend = Cpu.open(kernels, 1);
        Execution execution = backend.newExecution()) {
      for (Activation activation : List.of(Activation.SIGMOID, Activation.TANH)) {
        Linear layer = backend.linear(one.weight(), null, activation);
        Tensor out = execution.take(x.rows, 1);
        execution.linear(x.on(execution), layer, out);
        double[] expected = activate(activation, product(x, one, new Matrix(1, 1)), 1);
        Matrix.assertClose(expected, Matrix.read(execution, out), 1e-6, 1e-6);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void refusesShapesThatDoNotFit(String kernels) {
    try (Backend backend = Cpu.open(kernels, 1);
        Execution execution = backend.newExecution()) {
      Linear layer = backend.linear(Matrix.random(4, 3, 1).weight(), null, Activation.NONE);
      Tensor x = execution.take(2, 3);
      assertThrows(ShapeException.class, () -> execution.linear(x, layer, execution.take(2, 5)));
      assertThrows(ShapeException.class, () -> execution.linear(x, layer, execution.take(3, 4)));
      Tensor wide = execution.take(2, 4);
      assertThrows(ShapeException.class, () -> execution.linear(wide, layer, execution.take(2, 4)));
      HostTensor odd = Matrix.random(5, 3, 1).weight();
      assertThrows(ShapeException.class, () -> backend.linear(odd, null, Activation.GLU));
      HostTensor shortBias = Matrix.random(1, 4, 1).vector();
      assertThrows(ShapeException.class, () -> backend.linear(odd, shortBias, Activation.NONE));
    }
  }

  private static double[] product(Matrix x, Matrix w, Matrix b) {
    double[] y = new double[x.rows * w.rows];
    for (int r = 0; r < x.rows; r++) {
      for (int n = 0; n < w.rows; n++) {
        double sum = b.values[n];
        for (int k = 0; k < x.cols; k++) {
          sum += (double) x.at(r, k) * w.at(n, k);
        }
        y[r * w.rows + n] = sum;
      }
    }
    return y;
  }

  /** Applies an activation to rows of {@code cols} columns; GLU halves them. */
  static double[] activate(Activation activation, double[] x, int cols) {
    if (activation == Activation.GLU) {
      int half = cols / 2;
      double[] y = new double[x.length / 2];
      for (int i = 0; i < y.length; i++) {
        int at = i / half * cols + i % half;
        y[i] = x[at] * sigmoid(x[at + half]);
      }
      return y;
    }
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] =
          switch (activation) {
            case RELU -> Math.max(x[i], 0);
            case SWISH -> x[i] * sigmoid(x[i]);
            case SIGMOID -> sigmoid(x[i]);
            case TANH -> Math.tanh(x[i]);
            default -> x[i];
          };
    }
    return y;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}

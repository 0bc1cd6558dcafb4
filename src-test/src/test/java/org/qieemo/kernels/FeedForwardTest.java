package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.converter.gguf.Quantizer;

/** feedForward has the bits of linear and linearAdd, at every way in which it is shared out. */
class FeedForwardTest {
  private static final int[] ROWS = {1, 7, 47, 48, 97, 193, 400};
  private static final int[][] SIZES = { // inputs, hidden, outputs
    {16, 24, 16}, {31, 257, 33}, {144, 576, 144}, {256, 512, 256}, {300, 600, 300}, {64, 96, 1100}
  };

  static Stream<Arguments> cases() {
    List<Arguments> all = new ArrayList<>();
    for (String kernels : Cpu.kernels()) {
      for (int threads : new int[] {1, 2, 3}) {
        for (Activation activation : new Activation[] {Activation.SWISH, Activation.GLU}) {
          all.add(Arguments.of(kernels, threads, activation));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hasTheBitsOfTwoLinears(String kernels, int threads, Activation activation) {
    try (Backend backend = Cpu.open(kernels, threads);
        Execution execution = backend.newExecution()) {
      for (int[] size : SIZES) {
        check(backend, execution, size, activation, DType.F32);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.qieemo.kernels.Cpu#kernels")
  void hasTheBitsOfTwoLinearsInEightBits(String kernels) {
    try (Backend backend = Cpu.open(kernels, 1);
        Execution execution = backend.newExecution()) {
      check(backend, execution, new int[] {288, 544, 288}, Activation.SWISH, DType.Q8_0);
    }
  }

  private static void check(
      Backend backend, Execution execution, int[] size, Activation activation, DType type) {
    int upRows = activation == Activation.GLU ? 2 * size[1] : size[1];
    Linear up = layer(backend, upRows, size[0], activation, type, 1);
    Linear down = layer(backend, size[2], size[1], Activation.NONE, type, 3);
    for (int rows : ROWS) {
      Tensor x = Matrix.random(rows, size[0], 5).on(execution);
      Matrix before = Matrix.random(rows, size[2], 6);
      Tensor hidden = execution.take(rows, size[1]);
      Tensor expected = before.on(execution);
      execution.linear(x, up, hidden);
      execution.linearAdd(hidden, down, 0.5f, expected);
      Matrix.Framed found = before.framed(execution, 7f);
      execution.feedForward(x, up, down, 0.5f, found.view());
      String what = rows + " rows of " + size[0] + " to " + size[1] + " to " + size[2];
      Matrix.assertSame(Matrix.read(execution, expected), found.check(execution), what);
      execution.release(0);
    }
  }

  private static Linear layer(
      Backend backend, int outputs, int inputs, Activation activation, DType type, int seed) {
    float[] values = Matrix.random(outputs, inputs, seed).values;
    int[] shape = {outputs, inputs};
    HostTensor weight = new HostTensor("w", type, shape, Quantizer.encode(type, values));
    return backend.linear(weight, Matrix.random(1, outputs, seed + 1).vector(), activation);
  }

  @ParameterizedTest
  @MethodSource("org.qieemo.kernels.Cpu#kernels")
  void theSumMayBeTheInput(String kernels) {
    try (Backend backend = Cpu.open(kernels, 1);
        Execution execution = backend.newExecution()) {
      Linear up = layer(backend, 300, 40, Activation.SWISH, DType.F32, 1);
      Linear down = layer(backend, 40, 300, Activation.NONE, DType.F32, 3);
      Matrix x = Matrix.random(200, 40, 5);
      Tensor expected = x.on(execution);
      execution.feedForward(x.on(execution), up, down, 1f, expected);
      Tensor found = x.on(execution);
      execution.feedForward(found, up, down, 1f, found);
      Matrix.assertSame(Matrix.read(execution, expected), Matrix.read(execution, found), "sum");
    }
  }

  @ParameterizedTest
  @MethodSource("org.qieemo.kernels.Cpu#kernels")
  void refusesLayersThatDoNotFit(String kernels) {
    try (Backend backend = Cpu.open(kernels, 1);
        Execution execution = backend.newExecution()) {
      Linear up = layer(backend, 30, 8, Activation.SWISH, DType.F32, 1);
      Linear other = layer(backend, 8, 31, Activation.NONE, DType.F32, 3);
      Tensor x = Matrix.random(60, 8, 5).on(execution);
      Tensor sum = Matrix.random(60, 8, 6).on(execution);
      assertThrows(ShapeException.class, () -> execution.feedForward(x, up, other, 1f, sum));
    }
  }
}

package org.qieemo.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.Decoder;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Tensor;

/** Runs the same ops on the CPU and on another back end and compares every value. */
public final class Comparison {
  private static final int ABOVE = 2;
  private static final int BELOW = 1;
  private static final int LEFT = 3;
  private static final int RIGHT = 5;
  private static final float UNTOUCHED = 7f;

  private final Backend cpu;
  private final Backend other;
  private final double absolute;
  private final double relative;

  /** The project's bound for single ops in float32. */
  public Comparison(Backend cpu, Backend other) {
    this(cpu, other, 1e-5, 1e-4);
  }

  private Comparison(Backend cpu, Backend other, double absolute, double relative) {
    this.cpu = cpu;
    this.other = other;
    this.absolute = absolute;
    this.relative = relative;
  }

  /** Ops that leave their result in the tensor that they return. */
  public interface Ops {
    Frame run(Backend backend, Execution execution);
  }

  /**
   * A view inside a larger tensor.
   *
   * @param whole the larger one
   * @param view the part that ops see
   */
  public record Frame(Tensor whole, Tensor view) {}

  /** Fails unless both back ends leave the same, around the result too. */
  public void check(String what, Ops ops) {
    float[] expected = run(cpu, ops);
    float[] found = run(other, ops);
    assertEquals(expected.length, found.length, what);
    for (int i = 0; i < expected.length; i++) {
      double bound = absolute + relative * Math.abs(expected[i]);
      boolean same = Float.compare(expected[i], found[i]) == 0;
      if (!same && !(Math.abs((double) expected[i] - found[i]) <= bound)) {
        throw new AssertionError(
            "%s: element %d of %d is %g on the CPU, %g on %s"
                .formatted(what, i, expected.length, expected[i], found[i], other.name()));
      }
    }
  }

  private static float[] run(Backend backend, Ops ops) {
    try (Execution execution = backend.newExecution()) {
      Tensor whole = ops.run(backend, execution).whole();
      float[] values = new float[whole.rows() * whole.cols()];
      execution.read(whole, values, 0);
      return values;
    }
  }

  /** An input view with values, not-a-number around it. */
  public static Tensor input(Execution execution, int rows, int cols, float[] values) {
    Tensor view = frame(execution, rows, cols, Float.NaN).view();
    execution.write(values, 0, view);
    return view;
  }

  /** An input view with random values in [-1, 1). */
  public static Tensor input(Execution execution, int rows, int cols, long seed) {
    return input(execution, rows, cols, random(rows * cols, seed));
  }

  /** A view for a result, in a tensor of a value that ops must not touch. */
  public static Frame output(Execution execution, int rows, int cols) {
    return frame(execution, rows, cols, UNTOUCHED);
  }

  private static Frame frame(Execution execution, int rows, int cols, float fill) {
    Tensor whole = execution.take(ABOVE + rows + BELOW, LEFT + cols + RIGHT);
    float[] values = new float[whole.rows() * whole.cols()];
    Arrays.fill(values, fill);
    execution.write(values, 0, whole);
    return new Frame(whole, execution.columns(execution.rows(whole, ABOVE, rows), LEFT, cols));
  }

  /** Uniform in [-1, 1). */
  public static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  public static HostTensor weight(long seed, int... shape) {
    int count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return HostTensor.of("weight", shape, random(count, seed));
  }

  /** The same weight in 16 bits. */
  public static HostTensor halved(DType dtype, HostTensor weight) {
    float[] values = weight.toFloats();
    var bytes = java.nio.ByteBuffer.allocate(2 * values.length);
    bytes.order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putShort(
          dtype == DType.F16 ? Decoder.floatToHalf(value) : Decoder.floatToBfloat16(value));
    }
    return new HostTensor("weight", dtype, weight.shape(), bytes.flip());
  }
}

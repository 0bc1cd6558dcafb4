package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.qieemo.opencl.Comparison.random;
import static org.qieemo.opencl.Comparison.weight;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.kernels.AttentionMask;
import org.qieemo.kernels.AttentionSpec;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Precision;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.Tensor;
import org.qieemo.kernels.device.DeviceBackend;

/** Attention on tensor cores against the CPU's in float32: every term, mask and ragged batch. */
class TensorCoreAttentionTest {
  private static final AttentionMask[] MASKS = {
    AttentionMask.FULL, new AttentionMask(4, -1), new AttentionMask(16, 2)
  };
  private static final int[][] BATCHES = {{1}, {5, 1, 0, 13}, {49, 67}, {130}};
  private static final int[][] WIDTHS = {{64, 1}, {88, 2}, {24, 2}};

  private static Backend cpu;
  private static Backend cuda;

  @BeforeAll
  static void open() {
    cuda = DeviceBackend.open(CudaUnderTest.deviceOrSkip(), Precision.F16);
    cpu = Backends.open("cpu", new BackendOptions(1));
  }

  @AfterAll
  static void close() {
    if (cuda != null) {
      cuda.close();
      cpu.close();
    }
  }

  static Stream<Arguments> variants() {
    return Stream.of(PositionTerm.NONE, PositionTerm.KEY, PositionTerm.RELATIVE)
        .flatMap(term -> Arrays.stream(MASKS).map(mask -> Arguments.of(term, mask)));
  }

  private static Segments segments(int... lengths) {
    Segments segments = new Segments();
    for (int length : lengths) {
      segments.add(length);
    }
    return segments;
  }

  /**
   * Values in [-1, 1) rounded to 11 bits move a score by less than 1e-3, and a mean of values not
   * much more; not at all would mean that the portable kernel has run.
   */
  @ParameterizedTest
  @MethodSource("variants")
  void matches(PositionTerm term, AttentionMask mask) {
    for (int[] shape : WIDTHS) {
      double largest = 0;
      for (int[] lengths : BATCHES) {
        AttentionSpec spec = spec(term, mask, shape[0], shape[1]);
        Segments segments = segments(lengths);
        float[] expected = run(cpu, spec, segments, 9);
        float[] found = run(cuda, spec, segments, 9);
        for (int i = 0; i < expected.length; i++) {
          double difference = Math.abs((double) expected[i] - found[i]);
          assertTrue(
              difference <= 2e-3,
              () -> term + ", " + mask + ", " + Arrays.toString(shape) + Arrays.toString(lengths));
          largest = Math.max(largest, difference);
        }
      }
      assertTrue(largest > 2e-5, "nothing was rounded: " + largest);
    }
  }

  private static AttentionSpec spec(PositionTerm term, AttentionMask mask, int width, int heads) {
    boolean none = term == PositionTerm.NONE;
    HostTensor u = none ? null : weight(11, heads, width / heads);
    HostTensor v = none ? null : weight(12, heads, width / heads);
    return new AttentionSpec(width, heads, term, u, v, mask);
  }

  private static float[] run(Backend backend, AttentionSpec spec, Segments segments, int spare) {
    try (Execution e = backend.newExecution()) {
      int rows = segments.rows();
      int width = spec.width();
      int longest = Math.max(segments.longest(), 1) + spare;
      Tensor positions = null;
      if (spec.positionTerm() != PositionTerm.NONE) {
        boolean relative = spec.positionTerm() == PositionTerm.RELATIVE;
        positions = filled(e, relative ? 2 * longest - 1 : longest, width, 3);
      }
      Tensor all = filled(e, rows, 3 * width, 2); // q and kv as the model has them
      Tensor out = filled(e, rows, width, 4);
      e.attention(
          backend.attention(spec),
          e.columns(all, 0, width),
          e.columns(all, width, 2 * width),
          positions,
          segments,
          out);
      float[] found = new float[rows * width];
      e.read(out, found, 0);
      return found;
    }
  }

  private static Tensor filled(Execution e, int rows, int cols, int seed) {
    Tensor tensor = e.take(rows, cols);
    e.write(random(rows * cols, seed), 0, tensor);
    return tensor;
  }

  @Test
  void aSegmentAloneIsTheSameToTheBit() {
    AttentionSpec spec = spec(PositionTerm.RELATIVE, AttentionMask.FULL, 64, 1);
    float[] together = run(cuda, spec, segments(67, 40), 27);
    float[] alone = run(cuda, spec, segments(67), 27);
    assertArrayEquals(Arrays.copyOf(together, 67 * 64), alone);
  }
}

package org.qieemo.opencl;

import static org.qieemo.opencl.Comparison.input;
import static org.qieemo.opencl.Comparison.output;
import static org.qieemo.opencl.Comparison.weight;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.kernels.AttentionMask;
import org.qieemo.kernels.AttentionSpec;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.device.DeviceBackend;

/** Attention of the OpenCL back end against the CPU's: every term, mask and ragged batch. */
class AttentionTest {
  private static final AttentionMask[] MASKS = {
    AttentionMask.FULL,
    new AttentionMask(4, -1),
    new AttentionMask(1, 0),
    new AttentionMask(16, 2),
    new AttentionMask(Integer.MAX_VALUE, 0)
  };
  private static final int[][] BATCHES = {{1}, {5, 1, 0, 13}, {49, 67}, {130}};

  private static Backend cpu;
  private static Backend opencl;

  @BeforeAll
  static void open() {
    opencl = DeviceBackend.open(OpenCl.deviceOrSkip());
    cpu = Backends.open("cpu", new BackendOptions(1));
  }

  @AfterAll
  static void close() {
    if (opencl != null) {
      opencl.close();
      cpu.close();
    }
  }

  static Stream<Arguments> variants() {
    return Arrays.stream(PositionTerm.values())
        .flatMap(term -> Arrays.stream(MASKS).map(mask -> Arguments.of(term, mask)));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void matches(PositionTerm term, AttentionMask mask) {
    for (int[] widths : new int[][] {{4, 1}, {12, 2}, {176, 4}, {130, 1}}) {
      for (int[] lengths : BATCHES) {
        for (int spare : new int[] {0, 9}) {
          check(term, mask, widths[0], widths[1], OpsTest.segments(lengths), spare);
        }
      }
    }
  }

  private static void check(
      PositionTerm term, AttentionMask mask, int width, int heads, Segments segments, int spare) {
    boolean none = term == PositionTerm.NONE;
    HostTensor u = none ? null : weight(11, heads, width / heads);
    HostTensor v = none ? null : weight(12, heads, width / heads);
    AttentionSpec spec = new AttentionSpec(width, heads, term, u, v, mask);
    int longest = Math.max(segments.longest(), 1) + spare;
    int places = term == PositionTerm.RELATIVE ? 2 * longest - 1 : longest;
    new Comparison(cpu, opencl)
        .check(
            term + ", " + mask + ", " + width + " in " + heads + " heads",
            (backend, e) -> {
              var out = output(e, segments.rows(), width);
              var q = input(e, segments.rows(), width, 1);
              var kv = input(e, segments.rows(), 2 * width, 2);
              var p = none ? null : input(e, places, width, 3);
              e.attention(backend.attention(spec), q, kv, p, segments, out.view());
              return out;
            });
  }
}

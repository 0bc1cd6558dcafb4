package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results are the same bits for any number of threads, alone or in a batch, cold or warm. */
class DeterminismTest {
  private static final int[] LENGTHS = {203, 7, 60, 3, 121};
  private static final int[] SEEDS = {1, 2, 3, 4, 5};
  private static final int LONGEST = 101;

  private static Sequence.Inputs batch() {
    return new Sequence.Inputs(LENGTHS, SEEDS, LONGEST);
  }

  private static Sequence.Inputs run(String kernels, int threads, Sequence.Inputs in) {
    try (Backend backend = Cpu.open(kernels, threads);
        Execution execution = backend.newExecution()) {
      new Sequence(backend).run(execution, in);
    }
    return in;
  }

  private static void assertSame(Sequence.Inputs expected, Sequence.Inputs found, String what) {
    int rows = expected.steps.rows();
    int labels = expected.frameLabels.length / rows;
    Matrix e = new Matrix(rows, labels, expected.frameLabels);
    Matrix.assertSame(e, new Matrix(rows, labels, found.frameLabels), what);
    Matrix p = new Matrix(1, expected.pooled.length, expected.pooled);
    Matrix.assertSame(p, new Matrix(1, found.pooled.length, found.pooled), what + ", pooled");
    for (float value : found.frameLabels) {
      assertFalse(Float.isNaN(value), what);
    }
  }

  @ParameterizedTest
  @MethodSource("org.qieemo.kernels.Cpu#kernels")
  void anyNumberOfThreadsGivesTheSameBits(String kernels) {
    Sequence.Inputs one = run(kernels, 1, batch());
    for (int threads : new int[] {2, 3, 5}) {
      for (int repeat = 0; repeat < 5; repeat++) {
        assertSame(one, run(kernels, threads, batch()), threads + " threads");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.qieemo.kernels.Cpu#kernels")
  void lengthsThatGrowAndShrinkGiveTheBitsOfAnExecutionOfTheirOwn(String kernels) {
    try (Backend backend = Cpu.open(kernels, 1);
        Execution execution = backend.newExecution()) {
      Sequence sequence = new Sequence(backend);
      for (int length : new int[] {9, 300, 40, 1500, 301, 2000}) {
        sequence.run(execution, ofLength(length));
        Sequence.Inputs found = ofLength(length);
        sequence.run(execution, found);
        assertSame(run(kernels, 1, ofLength(length)), found, length + " frames");
      }
    }
  }

  private static Sequence.Inputs ofLength(int frames) {
    return new Sequence.Inputs(new int[] {frames}, new int[] {1}, frames);
  }

  @ParameterizedTest
  @MethodSource("org.qieemo.kernels.Cpu#kernels")
  void segmentsAloneGiveTheSameBitsAsTogether(String kernels) {
    Sequence.Inputs together = run(kernels, 2, batch());
    int labels = together.frameLabels.length / together.steps.rows();
    for (int i = 0; i < LENGTHS.length; i++) {
      Sequence.Inputs alone =
          run(
              kernels,
              1,
              new Sequence.Inputs(new int[] {LENGTHS[i]}, new int[] {SEEDS[i]}, LONGEST));
      int from = together.steps.start(i) * labels;
      int to = together.steps.start(i + 1) * labels;
      Matrix expected =
          new Matrix(
              to / labels - from / labels,
              labels,
              Arrays.copyOfRange(together.frameLabels, from, to));
      Matrix found = new Matrix(expected.rows, labels, alone.frameLabels);
      Matrix.assertSame(expected, found, "segment " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("org.qieemo.kernels.Cpu#kernels")
  void compilingChangesNothing(String kernels) {
    try (Backend backend = Cpu.open(kernels, 2);
        Execution execution = backend.newExecution()) {
      Sequence sequence = new Sequence(backend);
      Sequence.Inputs first = batch();
      sequence.run(execution, first);
      for (int i = 0; i < 150; i++) {
        Sequence.Inputs again = batch();
        sequence.run(execution, again);
        assertSame(first, again, "run " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "vector"})
  void aRowDoesNotDependOnTheRowsAroundIt(String kernels) {
    Matrix x = Matrix.random(67, 600, 1);
    Matrix w = Matrix.random(70, 600, 2);
    try (Backend backend = Cpu.open(kernels, 1);
        Execution e = backend.newExecution()) {
      Linear layer = backend.linear(w.weight(), null, Activation.SWISH);
      Tensor in = x.on(e);
      Tensor all = e.take(67, 70);
      e.linear(in, layer, all);
      Matrix expected = Matrix.read(e, all);
      for (int count : new int[] {1, 2, 5, 6, 7, 13}) {
        for (int from = 0; from + count <= 67; from += 9) {
          Tensor some = e.take(count, 70);
          e.linear(e.rows(in, from, count), layer, some);
          Matrix.assertSame(expected.slice(from, count), Matrix.read(e, some), "from " + from);
        }
      }
    }
  }

  @Test
  void executionsOfOneBackendRunAtTheSameTime() throws Exception {
    Sequence.Inputs expected = run("vector", 1, batch());
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try (Backend backend = Cpu.open("vector", 3)) {
      Sequence sequence = new Sequence(backend);
      Callable<Sequence.Inputs> work =
          () -> {
            try (Execution execution = backend.newExecution()) {
              Sequence.Inputs in = batch();
              for (int i = 0; i < 20; i++) {
                Arrays.fill(in.frameLabels, Float.NaN);
                sequence.run(execution, in);
              }
              return in;
            }
          };
      for (Future<Sequence.Inputs> done : callers.invokeAll(List.of(work, work, work, work))) {
        assertSame(expected, done.get(), "one of four callers");
      }
    } finally {
      callers.shutdown();
    }
  }
}

package org.qieemo.bench;

import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a core can do at most: fused multiply-adds of the preferred width, nothing from memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class PeakBenchmark {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int ROUNDS = 20_000;
  private static final int CHAINS = 12;

  private float[] start;
  private float[] sums;

  /** Values that neither grow nor become subnormal. */
  @Setup
  public void prepare() {
    start = Numbers.random(SPECIES.length(), 1);
    sums = new float[SPECIES.length()];
    double expected = 0;
    for (float value : start) {
      double x = value;
      for (int i = 0; i < ROUNDS; i++) {
        x = x * 0.5 + 1;
      }
      expected += CHAINS * x;
    }
    OpBenchmark.require(expected, multiplyAdd(new Flops()));
  }

  /** Twelve independent chains. */
  @Benchmark
  public float multiplyAdd(Flops counter) {
    FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    FloatVector c0 = FloatVector.fromArray(SPECIES, start, 0);
    FloatVector c1 = c0;
    FloatVector c2 = c0;
    FloatVector c3 = c0;
    FloatVector c4 = c0;
    FloatVector c5 = c0;
    FloatVector c6 = c0;
    FloatVector c7 = c0;
    FloatVector c8 = c0;
    FloatVector c9 = c0;
    FloatVector c10 = c0;
    FloatVector c11 = c0;
    for (int i = 0; i < ROUNDS; i++) {
      c0 = half.fma(c0, one);
      c1 = half.fma(c1, one);
      c2 = half.fma(c2, one);
      c3 = half.fma(c3, one);
      c4 = half.fma(c4, one);
      c5 = half.fma(c5, one);
      c6 = half.fma(c6, one);
      c7 = half.fma(c7, one);
      c8 = half.fma(c8, one);
      c9 = half.fma(c9, one);
      c10 = half.fma(c10, one);
      c11 = half.fma(c11, one);
    }
    counter.flops += 2.0 * CHAINS * ROUNDS * SPECIES.length();
    FloatVector sum = c0.add(c1).add(c2).add(c3).add(c4).add(c5);
    sum = sum.add(c6).add(c7).add(c8).add(c9).add(c10).add(c11);
    sum.intoArray(sums, 0);
    float total = 0;
    for (float lane : sums) {
      total += lane;
    }
    return total;
  }
}

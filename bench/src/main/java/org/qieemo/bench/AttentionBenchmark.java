package org.qieemo.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;
import org.qieemo.kernels.Attention;
import org.qieemo.kernels.AttentionMask;
import org.qieemo.kernels.AttentionSpec;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.Tensor;

/**
 * Attention of width 256 and 4 heads, softmax included. Counted are the products with keys and
 * values and, for RELATIVE, with as many positions as keys; the softmax and the packing are not.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class AttentionBenchmark extends OpBenchmark {
  private static final int WIDTH = 256;
  private static final int HEADS = 4;
  private static final int DK = WIDTH / HEADS;

  /** The position term. */
  @Param({"NONE", "KEY", "RELATIVE"})
  public PositionTerm term;

  /** Encoder frames: 5 s and 16 s. */
  @Param({"124", "398"})
  public int frames;

  private Attention attention;
  private Tensor q;
  private Tensor kv;
  private Tensor positions;
  private Segments segments;
  private Tensor out;
  private HostTensor u;
  private HostTensor v;
  private double work;

  /** Prepares the attention and checks some rows before anything is timed. */
  @Setup
  public void prepare() {
    open();
    boolean none = term == PositionTerm.NONE;
    u = none ? null : weight(1, HEADS, DK);
    v = none ? null : weight(2, HEADS, DK);
    attention = backend.attention(new AttentionSpec(WIDTH, HEADS, term, u, v, AttentionMask.FULL));
    q = random(frames, WIDTH, 3);
    kv = random(frames, 2 * WIDTH, 4);
    int rows = term == PositionTerm.RELATIVE ? 2 * frames - 1 : frames;
    positions = none ? null : random(rows, WIDTH, 5);
    segments = Segments.single(frames);
    out = execution.take(frames, WIDTH);
    int products = term == PositionTerm.RELATIVE ? 3 : 2;
    work = 2.0 * products * frames * frames * WIDTH;
    attend(new Flops());
    for (int row : new int[] {0, frames / 3, frames - 1}) {
      check(row);
    }
  }

  private void check(int i) {
    float[] found = read(out);
    float[] values = read(kv);
    for (int head = 0; head < HEADS; head++) {
      double[] weight = weights(i, head, values);
      for (int d = 0; d < DK; d++) {
        double expected = 0;
        for (int j = 0; j < frames; j++) {
          expected += weight[j] * values[j * 2 * WIDTH + WIDTH + head * DK + d];
        }
        require(expected, found[i * WIDTH + head * DK + d]);
      }
    }
  }

  /** Softmax of the scores of query i, in double precision by the formula. */
  private double[] weights(int i, int head, float[] keys) {
    float[] queries = read(q);
    float[] places = positions == null ? null : read(positions);
    double[] weight = new double[frames];
    double total = 0;
    for (int j = 0; j < frames; j++) {
      double score = 0;
      int place = term == PositionTerm.RELATIVE ? frames - 1 - i + j : j;
      for (int d = head * DK; d < (head + 1) * DK; d++) {
        double query = queries[i * WIDTH + d];
        score += (query + at(u, d)) * keys[j * 2 * WIDTH + d];
        score += places == null ? 0 : (query + at(v, d)) * places[place * WIDTH + d];
      }
      weight[j] = Math.exp(score / Math.sqrt(DK));
      total += weight[j];
    }
    for (int j = 0; j < frames; j++) {
      weight[j] /= total;
    }
    return weight;
  }

  private static double at(HostTensor bias, int d) {
    return bias == null ? 0 : bias.data().getFloat(4 * d);
  }

  /** One attention. */
  @Benchmark
  public void attend(Flops counter) {
    execution.attention(attention, q, kv, positions, segments, out);
    counter.flops += work;
  }
}

package org.qieemo.bench.profile;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.commons.math3.stat.StatUtils;
import org.qieemo.bench.Flops;
import org.qieemo.bench.PeakBenchmark;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.model.FeatureBatch;
import org.qieemo.model.Forward;
import org.qieemo.model.Qieemo;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelFile;

/**
 * Where the time of a forward goes, op by op, on one thread: a Markdown table of calls, time and
 * share of the machine's peak, which is taken around each forward, as on a shared machine it
 * changes. The logits of the timed run are compared with those of an untimed one, bit by bit.
 *
 * <pre>{@code
 * java --add-modules jdk.incubator.vector -cp bench/target/benchmarks.jar \
 *   org.qieemo.bench.profile.ForwardProfile MODEL.gguf 5 [FORWARDS]
 * }</pre>
 */
public final class ForwardProfile {
  private static final int FRAMES_PER_SECOND = 100;
  private static final int DEFAULT_FORWARDS = 60;
  private static final int PEAK_CALLS = 16;
  private static final double MILLION = 1e6;

  private ForwardProfile() {}

  /** Runs; see the class. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2 || arguments.length > 3) {
      System.err.println("usage: ForwardProfile MODEL.gguf SECONDS [FORWARDS]");
      System.exit(2);
    }
    int seconds = Integer.parseInt(arguments[1]);
    int forwards = arguments.length == 3 ? Integer.parseInt(arguments[2]) : DEFAULT_FORWARDS;
    ModelFile file = ModelFile.of(GgufReader.read(Path.of(arguments[0])));
    int bins = file.config().frontEnd().melBins();
    FeatureBatch batch = new FeatureBatch(List.of(features(seconds, bins)), bins);
    OpClock clock = new OpClock();
    try (Backend backend = Backends.open("cpu", new BackendOptions(1));
        Backend timed = new TimedBackend(backend, clock)) {
      float[] expected = logits(backend, file, batch);
      double peak = run(timed, file, batch, forwards, clock, expected);
      print(backend.description(), seconds, clock.ops(), peak, System.out);
    }
  }

  private static float[] features(int seconds, int bins) {
    Random random = new Random(1);
    float[] values = new float[(FRAMES_PER_SECOND * seconds - 2) * bins];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] logits(Backend backend, ModelFile file, FeatureBatch batch) {
    try (Forward forward = new Forward(backend)) {
      return new Qieemo(backend, file).classify(forward, batch).utterance(0);
    }
  }

  /** Warms up, then times; the median of the peaks around each forward in GFLOP/s. */
  private static double run(
      Backend timed,
      ModelFile file,
      FeatureBatch batch,
      int forwards,
      OpClock clock,
      float[] expected) {
    Qieemo model = new Qieemo(timed, file);
    double[] peaks = new double[2 * forwards];
    PeakBenchmark loop = new PeakBenchmark();
    loop.prepare();
    try (Forward forward = new Forward(timed)) {
      for (int i = 0; i < forwards; i++) {
        model.classify(forward, batch);
        peak(loop);
      }
      clock.forget();
      for (int i = 0; i < forwards; i++) {
        peaks[2 * i] = peak(loop);
        float[] found = model.classify(forward, batch).utterance(0);
        clock.endForward();
        peaks[2 * i + 1] = peak(loop);
        if (!Arrays.equals(expected, found)) {
          throw new IllegalStateException("the timed forward gives other logits");
        }
      }
    }
    return StatUtils.percentile(peaks, 50);
  }

  /** GFLOP/s of a millisecond or two. */
  private static double peak(PeakBenchmark loop) {
    Flops counter = new Flops();
    long begin = System.nanoTime();
    for (int i = 0; i < PEAK_CALLS; i++) {
      loop.multiplyAdd(counter);
    }
    return counter.flops / (System.nanoTime() - begin);
  }

  private static void print(
      String backend, int seconds, Map<String, OpClock.Op> ops, double peak, PrintStream out) {
    double whole = ops.values().stream().mapToDouble(OpClock.Op::medianNanos).sum();
    double flop = ops.values().stream().mapToDouble(OpClock.Op::flop).sum();
    out.printf(Locale.ROOT, "%s; %d s; Java %s%n", backend, seconds, Runtime.version());
    out.printf(Locale.ROOT, "peak %.0f GFLOP/s%n%n", peak);
    out.println("| op | calls | ms | share | GFLOP/s | of peak | ms above peak |");
    out.println("|---|---|---|---|---|---|---|");
    ops.entrySet().stream()
        .sorted(Comparator.comparingDouble(entry -> -entry.getValue().medianNanos()))
        .forEach(entry -> row(entry.getKey(), entry.getValue(), whole, peak, out));
    line("all", "", whole, whole, flop, peak, out);
  }

  private static void row(String name, OpClock.Op op, double whole, double peak, PrintStream out) {
    line(name, Integer.toString(op.calls()), op.medianNanos(), whole, op.flop(), peak, out);
  }

  private static void line(
      String name,
      String calls,
      double nanos,
      double whole,
      double flop,
      double peak,
      PrintStream out) {
    String speed =
        flop == 0
            ? " | "
            : String.format(Locale.ROOT, "%.0f | %.0f %%", flop / nanos, 100 * flop / nanos / peak);
    out.printf(
        Locale.ROOT,
        "| %s | %s | %.2f | %.1f %% | %s | %.2f |%n",
        name,
        calls,
        nanos / MILLION,
        100 * nanos / whole,
        speed,
        (nanos - flop / peak) / MILLION);
  }
}

package org.qieemo.bench.side;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Times engines in turns: every round runs each engine once, beginning with another one each time,
 * so that what else the machine does hits all alike.
 */
final class Rounds {
  private static final double NANO = 1e-9;
  private static final long PAUSE_MILLIS = 10; // the engine before may still have spinning threads
  private static final int LEAST_WARM_UP = 2;
  private static final int MOST_WARM_UP = 200;
  private static final double REHEAT_BELOW = 0.2; // seconds: an untimed run first, caches warm

  private final Map<EngineKind, ForwardEngine> engines;
  private final float[] features;
  private final boolean samplesPeak;
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Map<EngineKind, Double> last = new EnumMap<>(EngineKind.class);

  /**
   * @param samplesPeak whether to find out the peak of one thread around each run
   */
  Rounds(Map<EngineKind, ForwardEngine> engines, float[] features, boolean samplesPeak) {
    this.engines = engines;
    this.features = features;
    this.samplesPeak = samplesPeak;
  }

  /**
   * Runs every engine for so many seconds of processor time, however busy the machine is: its code
   * is compiled and its memory is in place.
   */
  void warmUp(double seconds) {
    engines.forEach(
        (kind, engine) -> {
          double begin = processorTime();
          int runs = 0;
          while (runs < LEAST_WARM_UP || runs < MOST_WARM_UP && processorTime() - begin < seconds) {
            last.put(kind, run(engine));
            runs++;
          }
        });
  }

  /**
   * Times every engine, round by round.
   *
   * @param most rounds
   * @param budget seconds after which no round begins, once there are {@code least}
   */
  Map<EngineKind, Timing> time(int least, int most, double budget) throws InterruptedException {
    List<EngineKind> order = List.copyOf(engines.keySet());
    Map<EngineKind, List<double[]>> times = new EnumMap<>(EngineKind.class);
    order.forEach(kind -> times.put(kind, new ArrayList<>()));
    double begin = now();
    for (int round = 0; round < least || round < most && now() - begin < budget; round++) {
      for (int i = 0; i < order.size(); i++) {
        EngineKind kind = order.get((round + i) % order.size());
        times.get(kind).add(turn(kind));
      }
    }
    Map<EngineKind, Timing> result = new EnumMap<>(EngineKind.class);
    times.forEach((kind, list) -> result.put(kind, timing(list)));
    return result;
  }

  private Timing timing(List<double[]> rows) {
    double[] peaks = samplesPeak ? column(rows, 2) : new double[0];
    return new Timing(column(rows, 0), column(rows, 1), peaks);
  }

  private static double[] column(List<double[]> rows, int index) {
    return rows.stream().mapToDouble(row -> row[index]).toArray();
  }

  /** Wall and processor seconds of one run, and GFLOP/s of the peak around it. */
  private double[] turn(EngineKind kind) throws InterruptedException {
    ForwardEngine engine = engines.get(kind);
    Thread.sleep(PAUSE_MILLIS);
    if (last.get(kind) < REHEAT_BELOW) {
      run(engine);
    }
    double before = peak();
    double begin = processorTime();
    double wall = run(engine);
    double cpu = processorTime() - begin;
    last.put(kind, wall);
    return new double[] {wall, cpu, (before + peak()) / 2};
  }

  private double peak() {
    return samplesPeak ? FmaPeak.one() : 0;
  }

  /** Of the calling thread, in seconds. */
  private double processorTime() {
    return threads.getCurrentThreadCpuTime() * NANO;
  }

  private double run(ForwardEngine engine) {
    double begin = now();
    engine.logits(features);
    return now() - begin;
  }

  private static double now() {
    return System.nanoTime() * NANO;
  }
}

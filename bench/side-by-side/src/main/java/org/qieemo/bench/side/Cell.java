package org.qieemo.bench.side;

import java.util.Map;

/**
 * What was measured for one model, length and number of threads.
 *
 * @param differences of each engine's logits from the reference, before timing
 * @param times of each engine; empty if the engines disagreed
 * @param failure why nothing was timed; null if it was
 */
record Cell(
    CaseFolder model,
    int seconds,
    int threads,
    Map<EngineKind, Double> differences,
    Map<EngineKind, Timing> times,
    String failure) {

  boolean has(EngineKind kind) {
    return times.containsKey(kind);
  }

  double median(EngineKind kind) {
    return times.get(kind).median();
  }

  /**
   * Share of the machine's peak, by the model's own operations: of the peaks around each run, or
   * with several threads of the one before all runs.
   */
  double peakShare(EngineKind kind, double peakGigaflops) {
    double gigaflop = model.flop(seconds) * 1e-9;
    Timing timing = times.get(kind);
    return timing.peak().length > 0
        ? timing.shareOfOwnPeak(gigaflop)
        : gigaflop / timing.median() / peakGigaflops;
  }
}

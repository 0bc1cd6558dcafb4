package org.qieemo.bench.side;

import java.util.stream.IntStream;

/**
 * The rounds of one engine.
 *
 * @param wall seconds that passed
 * @param cpu seconds of processor that the calling thread used: with one thread this is the whole
 *     work, and says more than {@code wall} on a machine that is shared
 * @param peak GFLOP/s that the calling thread reached just before and behind each run; empty with
 *     several threads, as those of an engine may still spin then
 */
record Timing(double[] wall, double[] cpu, double[] peak) {
  double median() {
    return Summary.median(wall);
  }

  /** The median of each run's own share of the peak of its moment. */
  double shareOfOwnPeak(double gigaflop) {
    return Summary.median(
        IntStream.range(0, wall.length).mapToDouble(i -> gigaflop / wall[i] / peak[i]).toArray());
  }
}

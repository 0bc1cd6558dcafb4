package org.qieemo.bench.side;

/**
 * The rounds of one engine.
 *
 * @param wall seconds that passed
 * @param cpu seconds of processor that the calling thread used: with one thread this is the whole
 *     work, and says more than {@code wall} on a machine that is shared
 */
record Timing(double[] wall, double[] cpu) {
  double median() {
    return Summary.median(wall);
  }
}

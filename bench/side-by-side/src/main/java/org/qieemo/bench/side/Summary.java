package org.qieemo.bench.side;

import java.util.Arrays;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/** Statistics of times that are skewed and noisy: order statistics alone. */
final class Summary {
  private static final double CONFIDENCE = 0.95;
  private static final double MEDIAN = 50;
  private static final double P95 = 95;

  private Summary() {}

  static double median(double[] values) {
    return new Percentile(MEDIAN).evaluate(values);
  }

  static double p95(double[] values) {
    return new Percentile(P95).evaluate(values);
  }

  /**
   * Ours over theirs.
   *
   * @param ofMedians ratio of the two medians
   * @param paired median of the rounds' own ratios
   * @param low lower end of the interval of {@code paired}
   * @param high upper end
   */
  record Ratio(double ofMedians, double paired, double low, double high) {}

  /** Compares two engines round by round; arrays of equal length. */
  static Ratio ratio(double[] ours, double[] theirs) {
    double[] ratios = new double[ours.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = ours[i] / theirs[i];
    }
    Arrays.sort(ratios);
    int below = ranksBelow(ratios.length);
    return new Ratio(
        median(ours) / median(theirs),
        median(ratios),
        ratios[below],
        ratios[ratios.length - 1 - below]);
  }

  /**
   * How many of n sorted values to leave out on each side, so that the rest spans the median with
   * 95 % confidence at least; 0, the whole range, where n is too small for that (below 6).
   */
  private static int ranksBelow(int n) {
    BinomialDistribution signs = new BinomialDistribution(n, 0.5);
    int rank = 0;
    while (2 * signs.cumulativeProbability(rank) <= 1 - CONFIDENCE) {
      rank++;
    }
    return Math.max(0, rank - 1);
  }
}

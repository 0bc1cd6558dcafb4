package org.qieemo.evaluation;

/**
 * A confidence interval.
 *
 * @param low its lower end
 * @param high its upper end
 */
public record Interval(double low, double high) {

  /**
   * The central part of a distribution.
   *
   * @param sorted a sample of it, ascending, not empty
   * @param level the part that lies inside, such as 0.95
   */
  static Interval central(double[] sorted, double level) {
    double outside = (1 - level) / 2;
    return new Interval(quantile(sorted, outside), quantile(sorted, 1 - outside));
  }

  /** Interpolates linearly between order statistics, as R (type 7) and NumPy do by default. */
  static double quantile(double[] sorted, double p) {
    double place = p * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}

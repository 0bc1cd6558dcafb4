package org.qieemo.evaluation;

import java.util.List;

/**
 * How well probabilities agree with what is right.
 *
 * @param nll mean negative log-likelihood of the true class, in nats
 * @param ece expected calibration error: over {@value #BINS} bins of equal width of the greatest
 *     probability, the mean of |part that is right - mean probability|, weighted by their counts
 * @param accuracy the part whose most probable class is the true one
 * @param confidence mean of the greatest probability
 */
public record CalibrationError(double nll, double ece, double accuracy, double confidence) {
  /** Bins of the expected calibration error. */
  public static final int BINS = 15;

  /**
   * Of probabilities.
   *
   * @param probabilities per utterance, one per class
   * @param truths per utterance, the index of the true class
   */
  public static CalibrationError of(List<double[]> probabilities, List<Integer> truths) {
    double nll = 0;
    double confidence = 0;
    double[] surplus = new double[BINS]; // right answers minus probabilities
    int right = 0;
    for (int i = 0; i < probabilities.size(); i++) {
      double[] p = probabilities.get(i);
      int truth = truths.get(i);
      int best = best(p);
      nll -= Math.log(Math.max(p[truth], Double.MIN_VALUE));
      confidence += p[best];
      int hit = best == truth ? 1 : 0;
      right += hit;
      surplus[Math.min(BINS - 1, (int) (BINS * p[best]))] += hit - p[best];
    }
    double error = 0;
    for (double bin : surplus) {
      error += Math.abs(bin);
    }
    double n = probabilities.size();
    return new CalibrationError(nll / n, error / n, right / n, confidence / n);
  }

  private static int best(double[] p) {
    int best = 0;
    for (int k = 1; k < p.length; k++) {
      best = p[k] > p[best] ? k : best;
    }
    return best;
  }
}

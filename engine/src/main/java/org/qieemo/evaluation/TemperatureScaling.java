package org.qieemo.evaluation;

import java.util.List;
import java.util.OptionalDouble;

/**
 * Temperature scaling (Guo et al., "On Calibration of Modern Neural Networks", 2017): the one
 * number that logits are divided by, so that probabilities say how often answers are right. The
 * most probable label stays the same where no prior is taken off.
 *
 * <p>The negative log-likelihood is convex in 1 / temperature, so that its minimum is where its
 * derivative changes sign, which bisection finds to the last bits on every machine.
 */
public final class TemperatureScaling {
  /** The least temperature that is looked for. */
  public static final double LEAST = 0.01;

  /** The greatest temperature that is looked for. */
  public static final double GREATEST = 100;

  private static final int HALVINGS = 80;

  private TemperatureScaling() {}

  /**
   * The temperature with the least negative log-likelihood; empty where it lies beyond {@link
   * #LEAST} (every answer is right, so that certainty has no end) or {@link #GREATEST} (the answers
   * are no better than chance).
   *
   * @param utterances not empty
   */
  public static OptionalDouble fit(List<ScoredUtterance> utterances) {
    if (utterances.isEmpty()) {
      throw new IllegalArgumentException("no utterance to fit a temperature to");
    }
    double low = 1 / GREATEST;
    double high = 1 / LEAST;
    if (slope(utterances, low) >= 0 || slope(utterances, high) <= 0) {
      return OptionalDouble.empty();
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (slope(utterances, middle) < 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return OptionalDouble.of(2 / (low + high));
  }

  /** d NLL / d (1 / temperature), times the number of utterances: sum of E_p[z] - z_truth. */
  private static double slope(List<ScoredUtterance> utterances, double inverse) {
    double sum = 0;
    for (ScoredUtterance utterance : utterances) {
      double[] p = utterance.probabilities(1 / inverse);
      for (int k = 0; k < p.length; k++) {
        sum += p[k] * utterance.logit(k);
      }
      sum -= utterance.logit(utterance.truth());
    }
    return sum;
  }
}

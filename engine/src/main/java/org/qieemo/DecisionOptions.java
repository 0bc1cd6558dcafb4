package org.qieemo;

import java.util.List;

/**
 * How probabilities become an answer. Immutable.
 *
 * @param labels the labels to choose among: the others are left out and the rest sums to 1; empty
 *     for all
 * @param unknownBelow an answer less probable than this is {@link Emotion#UNKNOWN}; 0 for never
 * @param prior replaces the class prior of the model file; null leaves it as it is
 */
public record DecisionOptions(List<String> labels, double unknownBelow, ClassPrior prior) {
  /** All labels, always an answer, the prior of the model file. */
  public static final DecisionOptions DEFAULT = new DecisionOptions(List.of(), 0, null);

  /** Copies the labels and checks the threshold. */
  public DecisionOptions {
    labels = List.copyOf(labels);
    if (!(unknownBelow >= 0 && unknownBelow <= 1)) {
      throw new IllegalArgumentException(
          "unknownBelow must lie between 0 and 1, found " + unknownBelow);
    }
  }

  /** The same, choosing among other labels. */
  public DecisionOptions withLabels(List<String> chosen) {
    return new DecisionOptions(chosen, unknownBelow, prior);
  }

  /** The same with another threshold. */
  public DecisionOptions withUnknownBelow(double threshold) {
    return new DecisionOptions(labels, threshold, prior);
  }

  /** The same with another prior; null for the model's. */
  public DecisionOptions withPrior(ClassPrior other) {
    return new DecisionOptions(labels, unknownBelow, other);
  }
}

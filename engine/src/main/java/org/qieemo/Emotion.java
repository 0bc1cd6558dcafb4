package org.qieemo;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What was heard in one utterance. Immutable. */
public final class Emotion {
  /** The {@link #label()} of an answer that is not sure enough. */
  public static final String UNKNOWN = "unknown";

  private final String label;
  private final double confidence;
  private final Map<String, Double> scores;
  private final double seconds;
  private final EmotionCurve curve;

  Emotion(Decision decision, double[] probabilities, double seconds, EmotionCurve curve) {
    Map<String, Double> ordered = new LinkedHashMap<>();
    double best = 0;
    for (int k = 0; k < probabilities.length; k++) {
      ordered.put(decision.labels().get(k), probabilities[k]);
      best = Math.max(best, probabilities[k]);
    }
    this.label = decision.label(probabilities);
    this.confidence = best;
    this.scores = Collections.unmodifiableMap(ordered);
    this.seconds = seconds;
    this.curve = curve;
  }

  /**
   * The most probable label, or {@link #UNKNOWN} where its probability is below {@link
   * DecisionOptions#unknownBelow()}.
   */
  public String label() {
    return label;
  }

  /** The probability of the most probable label, whether or not it was sure enough. */
  public double confidence() {
    return confidence;
  }

  /**
   * The probability of every label that was to choose among, in the model's order; they sum to 1.
   */
  public Map<String, Double> scores() {
    return scores;
  }

  /**
   * The most probable labels, best first; equally probable ones in the model's order.
   *
   * @param k how many at most, from 1
   */
  public List<LabelScore> top(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be 1 or more, found " + k);
    }
    return scores.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(k)
        .map(e -> new LabelScore(e.getKey(), e.getValue()))
        .toList();
  }

  /** Duration of the audio in seconds. */
  public double seconds() {
    return seconds;
  }

  /** The emotion over time; empty for models that pool statistics, which have no frame logits. */
  public Optional<EmotionCurve> curve() {
    return Optional.ofNullable(curve);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s (%.3f)", label, confidence);
  }
}

package org.qieemo;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What was heard in one utterance. Immutable. */
public final class Emotion {
  private final String label;
  private final Map<String, Double> scores;
  private final double seconds;
  private final EmotionCurve curve;

  Emotion(List<String> labels, double[] probabilities, double seconds, EmotionCurve curve) {
    Map<String, Double> ordered = new LinkedHashMap<>();
    int best = 0;
    for (int k = 0; k < probabilities.length; k++) {
      ordered.put(labels.get(k), probabilities[k]);
      best = probabilities[k] > probabilities[best] ? k : best;
    }
    this.label = labels.get(best);
    this.scores = Collections.unmodifiableMap(ordered);
    this.seconds = seconds;
    this.curve = curve;
  }

  /** The most probable label. */
  public String label() {
    return label;
  }

  /** The probability of {@link #label()}. */
  public double score() {
    return scores.get(label);
  }

  /** The probability of every label, in the model's order; they sum to 1. */
  public Map<String, Double> scores() {
    return scores;
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
    return String.format(Locale.ROOT, "%s (%.3f)", label, score());
  }
}

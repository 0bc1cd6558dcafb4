package org.qieemo.bench.side;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** How far each engine's logits are from a reference; checked before anything is timed. */
final class Agreement {
  private final Map<EngineKind, Double> differences = new EnumMap<>(EngineKind.class);

  /** Largest absolute differences. */
  Map<EngineKind, Double> differences() {
    return differences;
  }

  /**
   * Compares all engines with expected logits.
   *
   * @throws DisagreementException if one is out of its precision's bound
   */
  static Agreement check(
      Map<EngineKind, ForwardEngine> engines, float[] features, float[] expected) {
    Agreement agreement = new Agreement();
    float largest = 0;
    for (float logit : expected) {
      largest = Math.max(largest, Math.abs(logit));
    }
    for (Map.Entry<EngineKind, ForwardEngine> entry : engines.entrySet()) {
      double difference = difference(entry.getValue().logits(features), expected);
      double bound = entry.getKey().precision().bound(largest);
      if (!(difference <= bound)) {
        throw new DisagreementException(
            String.format(
                Locale.ROOT,
                "%s is %.2e from the reference on logits up to %.2f, more than %.2e",
                entry.getKey().id(),
                difference,
                largest,
                bound));
      }
      agreement.differences.put(entry.getKey(), difference);
    }
    return agreement;
  }

  private static double difference(float[] found, float[] expected) {
    if (found.length != expected.length) {
      throw new DisagreementException(
          found.length + " logits instead of " + expected.length + ": another model");
    }
    double largest = 0;
    for (int k = 0; k < found.length; k++) {
      double difference = Math.abs((double) found[k] - expected[k]);
      largest = difference <= largest ? largest : difference; // NaN stays
    }
    return largest;
  }
}

package org.qieemo;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often each emotion occurred where a model learned, to be taken off its answers: tau * ln
 * prior is subtracted from the logits, so that rare emotions are no longer at a disadvantage.
 * Immutable.
 *
 * @param weights a positive weight per label (shares or counts: only their ratios matter); empty
 *     for none
 * @param tau how much is subtracted: 0 nothing, 1 all of it
 */
public record ClassPrior(Map<String, Double> weights, double tau) {
  /** All emotions were equally frequent: nothing is subtracted. */
  public static final ClassPrior UNIFORM = new ClassPrior(Map.of(), 0);

  /** Copies the weights and checks the numbers. */
  public ClassPrior {
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    weights.forEach(
        (label, weight) -> {
          if (!(weight > 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException(
                "the prior of '" + label + "' must be above 0, found " + weight);
          }
        });
    if (!Double.isFinite(tau)) {
      throw new IllegalArgumentException("tau must be finite, found " + tau);
    }
  }

  /** The prior itself, tau 1. */
  public static ClassPrior of(Map<String, Double> weights) {
    return new ClassPrior(weights, 1);
  }
}

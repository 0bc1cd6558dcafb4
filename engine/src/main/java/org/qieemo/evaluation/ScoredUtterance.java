package org.qieemo.evaluation;

/**
 * The logits of one utterance and its true class. Immutable.
 *
 * <p>Probabilities are softmax(logits / temperature - offsets), the offsets being tau * ln prior.
 */
public final class ScoredUtterance {
  private final double[] logits; // [K]
  private final double[] offsets; // [K]
  private final int truth;

  /**
   * Copies the numbers.
   *
   * @param logits one per class, up to a constant, finite
   * @param offsets as many: what is subtracted behind the temperature
   * @param truth index of the true class
   */
  public ScoredUtterance(double[] logits, double[] offsets, int truth) {
    if (offsets.length != logits.length || truth < 0 || truth >= logits.length) {
      throw new IllegalArgumentException(
          logits.length + " logits, " + offsets.length + " offsets, true class " + truth);
    }
    for (double logit : logits) {
      if (!Double.isFinite(logit)) {
        throw new IllegalArgumentException("logits must be finite, found " + logit);
      }
    }
    this.logits = logits.clone();
    this.offsets = offsets.clone();
    this.truth = truth;
  }

  /** Index of the true class. */
  public int truth() {
    return truth;
  }

  double logit(int k) {
    return logits[k];
  }

  /** Probabilities of the classes at a temperature. */
  public double[] probabilities(double temperature) {
    double[] p = new double[logits.length];
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < p.length; k++) {
      p[k] = logits[k] / temperature - offsets[k];
      max = Math.max(max, p[k]);
    }
    double total = 0;
    for (int k = 0; k < p.length; k++) {
      p[k] = Math.exp(p[k] - max);
      total += p[k];
    }
    for (int k = 0; k < p.length; k++) {
      p[k] /= total;
    }
    return p;
  }
}

package org.qieemo.model;

import java.util.List;

/** Softmax of a few numbers on the host, in double precision. */
public final class Softmax {
  private Softmax() {}

  /**
   * softmax(logits / temperature - tau * ln prior).
   *
   * @param prior class priors, ignored when {@code tau} is 0
   */
  public static double[] of(float[] logits, float temperature, List<Float> prior, float tau) {
    double[] z = new double[logits.length];
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < z.length; k++) {
      z[k] = logits[k] / (double) temperature;
      if (tau != 0) {
        z[k] -= tau * Math.log(prior.get(k));
      }
      max = Math.max(max, z[k]);
    }
    double total = 0;
    for (int k = 0; k < z.length; k++) {
      z[k] = Math.exp(z[k] - max);
      total += z[k];
    }
    for (int k = 0; k < z.length; k++) {
      z[k] /= total;
    }
    return z;
  }
}

package org.qieemo.audio;

/**
 * Mean and variance normalisation of features [T, F], in place. Immutable and thread-safe.
 *
 * <p>Sources: WeNet transformer/cmvn.py (global), NeMo normalize_batch (per feature).
 */
public final class Cmvn {
  private static final double STD_GUARD = 1e-5;

  private final float[] mean;
  private final float[] istd;

  /**
   * Fixed statistics.
   *
   * @param mean [F]; copied
   * @param istd [F], one over the standard deviation; copied
   * @throws IllegalArgumentException the lengths differ or a value is not finite
   */
  public Cmvn(float[] mean, float[] istd) {
    if (mean.length != istd.length || mean.length == 0) {
      throw new IllegalArgumentException(
          "CMVN needs as many means as deviations, found " + mean.length + " and " + istd.length);
    }
    for (int f = 0; f < mean.length; f++) {
      if (!Float.isFinite(mean[f]) || !Float.isFinite(istd[f])) {
        throw new IllegalArgumentException("CMVN statistics of bin " + f + " are not finite");
      }
    }
    this.mean = mean.clone();
    this.istd = istd.clone();
  }

  /** F. */
  public int bins() {
    return mean.length;
  }

  /**
   * (x - mean) * istd.
   *
   * @param features [T, F]
   * @throws IllegalArgumentException the length is no multiple of F
   */
  public void apply(float[] features) {
    requireFrames(features, mean.length);
    for (int i = 0; i < features.length; i += mean.length) {
      for (int f = 0; f < mean.length; f++) {
        features[i + f] = (features[i + f] - mean[f]) * istd[f];
      }
    }
  }

  /** NeMo's normalisation: (x - mean over t) / (std over t + 1e-5) for each bin, std with T - 1. */
  public static void perFeature(float[] features, int bins) {
    perFeature(features, bins, Deviation.SAMPLE);
  }

  /** How the squares of T deviations become a variance. */
  public enum Deviation {
    /** Divided by T - 1: NeMo. */
    SAMPLE,
    /** Divided by T: the k2 and sherpa exporters of NeMo models. */
    POPULATION
  }

  /**
   * (x - mean over t) / (std over t + 1e-5) for each bin. A single frame has no deviation, its std
   * counts as 0: the result is 0.
   *
   * @param features [T, F]
   * @param bins F
   * @throws IllegalArgumentException the length is no multiple of F
   */
  public static void perFeature(float[] features, int bins, Deviation deviation) {
    requireFrames(features, bins);
    int frames = features.length / bins;
    int divisor = Math.max(1, deviation == Deviation.SAMPLE ? frames - 1 : frames);
    for (int f = 0; f < bins; f++) {
      double mean = 0;
      for (int i = f; i < features.length; i += bins) {
        mean += features[i];
      }
      mean /= frames;
      double squares = 0;
      for (int i = f; i < features.length; i += bins) {
        squares += (features[i] - mean) * (features[i] - mean);
      }
      double std = Math.sqrt(squares / divisor);
      for (int i = f; i < features.length; i += bins) {
        features[i] = (float) ((features[i] - mean) / (std + STD_GUARD));
      }
    }
  }

  private static void requireFrames(float[] features, int bins) {
    if (features.length % bins != 0) {
      throw new IllegalArgumentException(
          features.length + " features are no whole number of frames of " + bins);
    }
  }
}

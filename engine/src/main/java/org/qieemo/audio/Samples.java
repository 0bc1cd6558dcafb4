package org.qieemo.audio;

import java.util.Objects;
import org.qieemo.InvalidAudioException;

/** What a usable audio sample is. Stateless and thread-safe. */
public final class Samples {
  /**
   * Largest magnitude that a sample may have. Audio lies in [-1,1]; some writers store float
   * samples on an integer scale, so that much is let through. Up to here no stage of the front end
   * can overflow, far beyond it (1e38) a sample is damage.
   */
  public static final float MAX_MAGNITUDE = 1e6f;

  private Samples() {}

  /** Whether a sample is a number of sane size; false for NaN and infinities. */
  public static boolean usable(double sample) {
    return Math.abs(sample) <= MAX_MAGNITUDE;
  }

  /**
   * Says what is wrong with an unusable sample, in the words that end "sample 17 ".
   *
   * @param sample a sample that {@link #usable} refuses
   */
  static String complaint(double sample) {
    if (Double.isNaN(sample)) {
      return "is NaN";
    }
    if (Double.isInfinite(sample)) {
      return "is infinite";
    }
    return "is " + (float) sample + ", beyond +-" + MAX_MAGNITUDE;
  }

  /**
   * Checks samples that come from a caller.
   *
   * @param samples mono samples
   * @throws InvalidAudioException a sample is NaN, infinite or above {@link #MAX_MAGNITUDE}
   */
  public static void requireUsable(float[] samples) {
    requireUsable(samples, 0, samples.length);
  }

  /** The same for some of them. */
  static void requireUsable(float[] samples, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, samples.length);
    for (int i = offset; i < offset + count; i++) {
      if (!usable(samples[i])) {
        throw new InvalidAudioException("sample " + i + " " + complaint(samples[i]));
      }
    }
  }
}

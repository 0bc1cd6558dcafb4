package org.qieemo.support;

import org.qieemo.Audio;

/** Made-up voices, the same in every run. */
public final class Voices {
  private Voices() {}

  /** Harmonics of a wavering pitch with pauses. */
  public static Audio voice(double seconds, int sampleRate, double pitch) {
    float[] samples = new float[(int) Math.round(seconds * sampleRate)];
    double phase = 0;
    for (int i = 0; i < samples.length; i++) {
      double t = (double) i / sampleRate;
      phase += 2 * Math.PI * pitch * (1 + 0.2 * Math.sin(5 * t)) / sampleRate;
      double sum = 0;
      for (int h = 1; h * pitch * 1.2 < sampleRate / 2.0 && h <= 12; h++) {
        sum += Math.sin(h * phase) / h;
      }
      samples[i] = (float) (0.2 * Math.max(0, Math.sin(9 * t)) * sum);
    }
    return new Audio(samples, sampleRate);
  }
}

package org.qieemo.bench;

import java.util.Random;

/** Made-up inputs, the same in every run. */
final class Numbers {
  private Numbers() {}

  /** Uniform in [-1, 1). */
  static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return values;
  }

  /** A voice-like sound: a few harmonics of a wavering pitch, with pauses. */
  static float[] voice(double seconds, int sampleRate) {
    float[] samples = new float[(int) (seconds * sampleRate)];
    double phase = 0;
    for (int i = 0; i < samples.length; i++) {
      double t = (double) i / sampleRate;
      phase += 2 * Math.PI * (140 + 30 * Math.sin(5 * t)) / sampleRate;
      double envelope = Math.max(0, Math.sin(9 * t));
      double sum = 0;
      for (int h = 1; h <= 12; h++) {
        sum += Math.sin(h * phase) / h;
      }
      samples[i] = (float) (0.2 * envelope * sum);
    }
    return samples;
  }
}

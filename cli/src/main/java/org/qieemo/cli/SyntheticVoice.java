package org.qieemo.cli;

import org.qieemo.Audio;

/** Audio that needs no file: a gliding harmonic tone in syllables, the same on every machine. */
final class SyntheticVoice {
  private static final int RATE = 16_000;
  private static final int HARMONICS = 8;

  private SyntheticVoice() {}

  static Audio seconds(int seconds) {
    float[] samples = new float[seconds * RATE];
    double phase = 0;
    for (int i = 0; i < samples.length; i++) {
      double t = (double) i / RATE;
      double pitch = 140 + 40 * StrictMath.sin(2 * Math.PI * 0.7 * t); // Hz
      phase += 2 * Math.PI * pitch / RATE;
      double syllable = 0.5 - 0.5 * StrictMath.cos(2 * Math.PI * 4 * t);
      double tone = 0;
      for (int h = 1; h <= HARMONICS; h++) {
        tone += StrictMath.sin(h * phase) / h;
      }
      samples[i] = (float) (0.2 * syllable * tone);
    }
    return new Audio(samples, RATE);
  }
}

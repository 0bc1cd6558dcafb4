package org.qieemo.bench.side;

import java.util.Random;

/** Made-up normalised features, the same in every run and every process. */
final class Features {
  private static final int FRAMES_PER_SECOND = 100;
  private static final int WINDOW_LOSS = 2; // windows of 25 ms, every 10 ms, that fit

  private Features() {}

  /** [100 s - 2, bins] of a normal distribution. */
  static float[] random(int seconds, int bins) {
    Random random = new Random(seconds);
    float[] values = new float[(FRAMES_PER_SECOND * seconds - WINDOW_LOSS) * bins];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}

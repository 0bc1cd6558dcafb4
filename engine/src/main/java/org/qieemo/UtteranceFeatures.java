package org.qieemo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.qieemo.audio.FrontEnd;
import org.qieemo.model.FeatureBatch;
import org.qieemo.weights.ModelConfig;

/**
 * The model's input of whole utterances; refuses those that are too short or too long. Immutable
 * and thread-safe.
 */
final class UtteranceFeatures {
  private final ModelConfig config;
  private final FrontEnd frontEnd;
  private final double maxSeconds;

  UtteranceFeatures(ModelConfig config, FrontEnd frontEnd, double maxSeconds) {
    this.config = config;
    this.frontEnd = frontEnd;
    this.maxSeconds = maxSeconds;
  }

  /**
   * Normalised features of a batch.
   *
   * @throws InvalidAudioException if one is too short or too long
   */
  FeatureBatch of(List<Audio> batch) {
    List<float[]> features = new ArrayList<>(batch.size());
    int bins = config.frontEnd().melBins();
    for (Audio audio : batch) {
      if (audio.seconds() > maxSeconds) {
        throw new InvalidAudioException(
            seconds(audio.seconds())
                + " s of audio exceed the limit of "
                + maxSeconds
                + " s: cut it, or take a timeline (--timeline)");
      }
      float[] utterance = frontEnd.features(audio.samples(), audio.sampleRate());
      if (config.subsampling().outputFrames(utterance.length / bins) < 1) {
        throw tooShort(audio.seconds());
      }
      features.add(utterance);
    }
    return new FeatureBatch(features, bins);
  }

  /**
   * Checks audio that is not at hand as a whole.
   *
   * @throws InvalidAudioException if it gives no encoder frame
   */
  void requireLongEnough(double seconds) {
    if (seconds * 1000 < leastMillis()) {
      throw tooShort(seconds);
    }
  }

  private InvalidAudioException tooShort(double seconds) {
    return new InvalidAudioException(
        seconds(seconds) + " s of audio are too short: the model needs " + leastMillis() + " ms");
  }

  /** The shortest audio that gives an encoder frame, in milliseconds. */
  int leastMillis() {
    int rate = config.frontEnd().sampleRate();
    int least = config.subsampling().leastFrames();
    int millis = 1;
    while (frontEnd.frames((int) (millis * (long) rate / 1000), rate) < least) {
      millis++;
    }
    return millis;
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }
}

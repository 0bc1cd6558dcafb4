package org.qieemo.audio;

import java.util.concurrent.atomic.AtomicReference;
import org.qieemo.weights.FrontEndConfig;
import org.qieemo.weights.FrontEndConfig.Kind;
import org.qieemo.weights.FrontEndConfig.Normalization;

/**
 * A model's way from samples to features: resampling, filter bank, normalisation.
 *
 * <p>Immutable but for the last used resampler, which it keeps; thread-safe.
 */
public final class FrontEnd {
  private final FrontEndConfig config;
  private final FeatureExtractor extractor;
  private final Cmvn cmvn;
  private final AtomicReference<Resampler> lastResampler = new AtomicReference<>();

  /** As {@link #FrontEnd(FrontEndConfig, float[], float[], LogMel.Padding)}, constant padding. */
  public FrontEnd(FrontEndConfig config, float[] mean, float[] istd) {
    this(config, mean, istd, LogMel.Padding.CONSTANT);
  }

  /**
   * @param config the model's
   * @param mean [F], for global normalisation only, else ignored and may be null; copied
   * @param istd [F], the same
   * @param padding for {@link Kind#LOG_MEL} only
   * @throws IllegalArgumentException global normalisation without fitting statistics
   */
  public FrontEnd(FrontEndConfig config, float[] mean, float[] istd, LogMel.Padding padding) {
    this.config = config;
    extractor =
        config.kind() == Kind.KALDI_FBANK
            ? new KaldiFbank(
                config.sampleRate(), config.melBins(), config.snipEdges(), config.sampleScale())
            : new LogMel(config.sampleRate(), config.melBins(), config.sampleScale(), padding);
    cmvn = config.normalization() == Normalization.GLOBAL ? global(config, mean, istd) : null;
  }

  private static Cmvn global(FrontEndConfig config, float[] mean, float[] istd) {
    if (mean == null || istd == null || mean.length != config.melBins()) {
      throw new IllegalArgumentException(
          "global normalisation needs cmvn.mean and cmvn.istd of " + config.melBins() + " bins");
    }
    return new Cmvn(mean, istd);
  }

  /** What it was made from. */
  public FrontEndConfig config() {
    return config;
  }

  /** The filter bank: frame counts and times at the model's sample rate. */
  public FeatureExtractor extractor() {
    return extractor;
  }

  /**
   * T for audio of any rate.
   *
   * @param samples n
   * @param rate Hz
   */
  public int frames(int samples, int rate) {
    return extractor.frames(Math.toIntExact(resampler(rate).outputLength(samples)));
  }

  /** Seconds from one frame to the next. */
  public double frameShift() {
    return extractor.frameShift();
  }

  /** The time that a frame is centred on, in seconds. */
  public double frameCentre(int frame) {
    return extractor.frameCentre(frame);
  }

  /**
   * Resamples to the model's rate.
   *
   * @param samples [n] mono in [-1,1]
   * @param rate Hz, 1000 to 768000
   * @return the input itself if it has that rate
   * @throws org.qieemo.InvalidAudioException a sample is NaN, infinite or above {@link
   *     Samples#MAX_MAGNITUDE}, or the rate is out of range
   */
  public float[] resample(float[] samples, int rate) {
    Samples.requireUsable(samples);
    return resampler(rate).resample(samples);
  }

  /**
   * Features before normalisation.
   *
   * @param samples [n] mono in [-1,1]
   * @param rate Hz
   * @return [T, F]; empty if the audio is shorter than one frame
   * @throws IllegalArgumentException as {@link #resample}
   */
  public float[] fbank(float[] samples, int rate) {
    return extractor.extract(resample(samples, rate));
  }

  /**
   * Features as the encoder takes them.
   *
   * @param samples [n] mono in [-1,1]
   * @param rate Hz
   * @return [T, F]; empty if the audio is shorter than one frame
   * @throws IllegalArgumentException as {@link #resample}
   */
  public float[] features(float[] samples, int rate) {
    float[] features = fbank(samples, rate);
    normalize(features);
    return features;
  }

  /**
   * Normalises features in place.
   *
   * @param features [T, F]; per-feature statistics are taken over all T frames
   */
  public void normalize(float[] features) {
    switch (config.normalization()) {
      case NONE -> {}
      case GLOBAL -> cmvn.apply(features);
      case PER_FEATURE -> Cmvn.perFeature(features, config.melBins());
      case PER_FEATURE_POPULATION ->
          Cmvn.perFeature(features, config.melBins(), Cmvn.Deviation.POPULATION);
    }
  }

  /**
   * Begins a stream of audio that arrives bit by bit.
   *
   * @param rate Hz, 1000 to 768000
   */
  public FeatureStream stream(int rate) {
    return new FeatureStream(new Resampler(rate, config.sampleRate()), extractor);
  }

  private Resampler resampler(int rate) {
    Resampler last = lastResampler.get();
    if (last == null || last.from() != rate) {
      last = new Resampler(rate, config.sampleRate());
      lastResampler.set(last);
    }
    return last;
  }
}

package org.qieemo.weights;

/**
 * The front end of a model: how samples become features.
 *
 * @param kind which filter bank
 * @param sampleRate Hz that the samples are resampled to
 * @param melBins F
 * @param snipEdges Kaldi only: frames only where they fit; else reflected edges
 * @param sampleScale samples in [-1,1] are multiplied by this first
 * @param normalization what is done to the features
 */
public record FrontEndConfig(
    Kind kind,
    int sampleRate,
    int melBins,
    boolean snipEdges,
    float sampleScale,
    Normalization normalization) {

  /** Which filter bank. */
  public enum Kind {
    /** Kaldi's fbank: WeNet, icefall, ESPnet. */
    KALDI_FBANK,
    /** NeMo's log-mel: Slaney filters, pre-emphasis over the signal, centred frames. */
    LOG_MEL
  }

  /** What is done to the features. */
  public enum Normalization {
    /** Nothing. */
    NONE,
    /** (x - mean) * istd with fixed statistics per bin, the tensors {@code cmvn.*}. */
    GLOBAL,
    /** (x - mean) / (std + 1e-5) per utterance and bin, std unbiased. */
    PER_FEATURE,
    /** The same with std over T: what the k2 and sherpa exporters feed NeMo models with. */
    PER_FEATURE_POPULATION
  }

  /** Checks the sizes. */
  public FrontEndConfig {
    Checks.range("frontend.sample_rate", sampleRate, 1000, 768_000);
    Checks.range("frontend.mel_bins", melBins, 1, 1024);
    Checks.that(
        Float.isFinite(sampleScale) && sampleScale > 0,
        "frontend.sample_scale must be finite and above 0, found " + sampleScale);
  }
}

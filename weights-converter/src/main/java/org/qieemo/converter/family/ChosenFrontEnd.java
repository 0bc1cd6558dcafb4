package org.qieemo.converter.family;

import org.qieemo.weights.FrontEndConfig;
import org.qieemo.weights.FrontEndConfig.Kind;
import org.qieemo.weights.FrontEndConfig.Normalization;

/**
 * A front end and why it is this one.
 *
 * @param config the front end
 * @param reason for people
 */
public record ChosenFrontEnd(FrontEndConfig config, String reason) {
  private static final int SAMPLE_RATE = 16_000;
  private static final float KALDI_SCALE = 32_768f;

  /** What the features are, whichever filter bank makes them. */
  record Features(int melBins, boolean snipEdges, Normalization normalization) {}

  /** What was asked for, or else what the family suggests. */
  static ChosenFrontEnd of(Kind asked, Kind suggested, Features features, String reason) {
    return asked == null
        ? new ChosenFrontEnd(config(suggested, features), reason)
        : new ChosenFrontEnd(config(asked, features), "asked for");
  }

  private static FrontEndConfig config(Kind kind, Features features) {
    boolean kaldi = kind == Kind.KALDI_FBANK;
    return new FrontEndConfig(
        kind,
        SAMPLE_RATE,
        features.melBins,
        kaldi && features.snipEdges,
        kaldi ? KALDI_SCALE : 1f,
        features.normalization);
  }
}

package org.qieemo.weights;

/**
 * Everything that a model file says about its model.
 *
 * @param info where it comes from
 * @param frontEnd samples to features
 * @param subsampling features to encoder frames
 * @param encoder the Conformer
 * @param ctc the CTC head, null for none
 * @param fusion what makes it hear emotion, null for an encoder that cannot classify
 */
public record ModelConfig(
    ModelInfo info,
    FrontEndConfig frontEnd,
    SubsamplingConfig subsampling,
    EncoderConfig encoder,
    CtcConfig ctc,
    FusionConfig fusion) {

  /** Checks what spans several parts. */
  public ModelConfig {
    checkBins(frontEnd, subsampling);
    Checks.that(
        subsampling.kind() != SubsamplingConfig.Kind.IDENTITY
            || frontEnd.melBins() == encoder.width(),
        "frontend.mel_bins "
            + frontEnd.melBins()
            + " must be encoder.width "
            + encoder.width()
            + " without subsampling");
    if (fusion != null) {
      Checks.that(
          ctc != null || !fusion.usesPpg(), "MMF and CMA need a CTC head, but the model has none");
      for (int block : fusion.taps().blocks()) {
        Checks.range("taps.blocks", block, 0, encoder.blocks());
      }
      Checks.that(
          encoder.afterNorm() || !fusion.taps().afterNorm(),
          "taps.after_norm needs encoder.after_norm");
    }
  }

  private static void checkBins(FrontEndConfig frontEnd, SubsamplingConfig subsampling) {
    try {
      subsampling.outputBins(frontEnd.melBins());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "frontend.mel_bins " + frontEnd.melBins() + " are too few for the subsampling", e);
    }
  }

  /** Columns of P that are projected: V, or V-1 without the blank. */
  public int ppgColumns() {
    return fusion.ppg().blank() ? ctc.vocabulary() : ctc.vocabulary() - 1;
  }

  /** Seconds from one encoder frame to the next; both front ends hop 10 ms. */
  public double frameSeconds() {
    return 0.01 * subsampling.rate();
  }
}

package org.qieemo.converter;

import org.qieemo.weights.FrontEndConfig.Kind;

/** Which front end a converted model gets. */
public enum FrontEndChoice {
  /** What the files suggest. */
  AUTO(null),
  /** Kaldi's filter bank. */
  KALDI_FBANK(Kind.KALDI_FBANK),
  /** NeMo's log-mel. */
  LOG_MEL(Kind.LOG_MEL);

  private final Kind asked;

  FrontEndChoice(Kind asked) {
    this.asked = asked;
  }

  /** The filter bank that was asked for, or else the one that the files suggest. */
  public Kind or(Kind suggested) {
    return asked == null ? suggested : asked;
  }
}

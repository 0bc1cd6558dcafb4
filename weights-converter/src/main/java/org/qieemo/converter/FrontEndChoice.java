package org.qieemo.converter;

import org.qieemo.weights.FrontEndConfig;

/** Which front end a converted model gets. */
public enum FrontEndChoice {
  /** What the files suggest. */
  AUTO(null),
  /** Kaldi's filter bank. */
  KALDI_FBANK(FrontEndConfig.Kind.KALDI_FBANK),
  /** NeMo's log-mel. */
  LOG_MEL(FrontEndConfig.Kind.LOG_MEL);

  private final FrontEndConfig.Kind kind;

  FrontEndChoice(FrontEndConfig.Kind kind) {
    this.kind = kind;
  }

  /** The kind asked for, null for {@link #AUTO}. */
  FrontEndConfig.Kind kind() {
    return kind;
  }
}

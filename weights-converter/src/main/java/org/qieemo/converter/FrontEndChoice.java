package org.qieemo.converter;

/** Which front end a converted model gets. */
public enum FrontEndChoice {
  /** What the files suggest. */
  AUTO,
  /** Kaldi's filter bank. */
  KALDI_FBANK,
  /** NeMo's log-mel. */
  LOG_MEL
}

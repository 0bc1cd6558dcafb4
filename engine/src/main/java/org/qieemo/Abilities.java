package org.qieemo;

import org.qieemo.weights.ModelConfig;

/** What a model cannot do, said before it is tried. Stateless. */
final class Abilities {
  private Abilities() {}

  static void requireClassifier(ModelConfig config) {
    if (config.fusion() == null) {
      throw new UnsupportedByModelException(
          "the model has no emotion head: it can transcribe and give features, not classify");
    }
  }

  static void requireTranscriber(ModelConfig config) {
    if (config.ctc() == null) {
      throw new UnsupportedByModelException("the model has no CTC head: it cannot transcribe");
    }
  }
}

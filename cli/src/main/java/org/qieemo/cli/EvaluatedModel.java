package org.qieemo.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.qieemo.BackendInfo;
import org.qieemo.EmotionRecognizer;
import org.qieemo.weights.FusionConfig;
import org.qieemo.weights.ModelInfo;

/**
 * A model that an evaluation uses, after it was closed again.
 *
 * @param path its file, null for the embedded model
 * @param info what it says about itself
 * @param backend what runs it
 * @param fusion its emotion head
 * @param rows the places of the manifest's rows that it classifies
 */
record EvaluatedModel(
    String path, ModelInfo info, BackendInfo backend, FusionConfig fusion, List<Integer> rows) {

  static EvaluatedModel of(String path, EmotionRecognizer recognizer, List<Integer> rows) {
    return new EvaluatedModel(
        path,
        recognizer.info(),
        recognizer.backend(),
        recognizer.config().fusion(),
        List.copyOf(rows));
  }

  /** In its order. */
  List<String> labels() {
    return fusion.labels();
  }

  /** As messages and reports call it. */
  String name() {
    return ModelOptions.name(path);
  }

  /** The label that somebody has written with other capitals, say. */
  Optional<String> label(String written) {
    if (labels().contains(written)) {
      return Optional.of(written);
    }
    String folded = fold(written);
    List<String> same = labels().stream().filter(label -> fold(label).equals(folded)).toList();
    return same.size() == 1 ? Optional.of(same.get(0)) : Optional.empty();
  }

  private static String fold(String label) {
    return label.strip().toLowerCase(Locale.ROOT);
  }
}

package org.qieemo.cli;

import java.util.Map;
import org.qieemo.Emotion;

/**
 * What became of a row of the manifest.
 *
 * @param row the row
 * @param truth its label as the model writes it
 * @param predicted the label that was heard, null for a file that failed
 * @param scores probability per label, empty for a file that failed
 * @param seconds of audio
 * @param error why it failed, null for a file that did not
 */
record Outcome(
    ManifestRow row,
    String truth,
    String predicted,
    Map<String, Double> scores,
    double seconds,
    String error) {

  static Outcome heard(ManifestRow row, String truth, Emotion emotion) {
    return new Outcome(row, truth, emotion.label(), emotion.scores(), emotion.seconds(), null);
  }

  static Outcome failed(ManifestRow row, String truth, String error) {
    return new Outcome(row, truth, null, Map.of(), 0, error);
  }

  boolean isFailed() {
    return error != null;
  }
}

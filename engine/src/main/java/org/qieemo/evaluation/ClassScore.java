package org.qieemo.evaluation;

/**
 * How well one class is recognised.
 *
 * @param label its name
 * @param support number of utterances that are of this class
 * @param predicted number of utterances that were said to be
 * @param recall the part of the support that was found; NaN without support
 * @param precision the part of the predicted that is right; 0 for a class that was never predicted
 * @param f1 their harmonic mean, 2 hits / (support + predicted); NaN for a class that never occurs
 */
public record ClassScore(
    String label, long support, long predicted, double recall, double precision, double f1) {

  static ClassScore of(String label, long hits, long support, long predicted) {
    double precision = predicted == 0 ? 0 : (double) hits / predicted;
    double recall = (double) hits / support; // NaN without support
    return new ClassScore(
        label, support, predicted, recall, precision, 2.0 * hits / (support + predicted));
  }
}

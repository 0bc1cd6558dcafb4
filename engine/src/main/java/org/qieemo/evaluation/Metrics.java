package org.qieemo.evaluation;

/**
 * The three numbers of speech emotion recognition, each from 0 to 1; NaN where nothing was
 * classified. The field also calls them accuracy, balanced accuracy and macro F1.
 *
 * @param weightedAccuracy WA: the part of the utterances that is right
 * @param unweightedAccuracy UA: the mean of the recalls of the classes that occur among the truths
 * @param macroF1 the mean of the F1 of the classes that occur among truths or predictions
 */
public record Metrics(double weightedAccuracy, double unweightedAccuracy, double macroF1) {

  /** Of counts[truth * classes + predicted]. */
  static Metrics of(long[] counts, int classes) {
    long total = 0;
    long right = 0;
    double recalls = 0;
    double f1 = 0;
    int present = 0;
    int seen = 0;
    for (int k = 0; k < classes; k++) {
      long hits = counts[k * classes + k];
      long support = 0;
      long predicted = 0;
      for (int i = 0; i < classes; i++) {
        support += counts[k * classes + i];
        predicted += counts[i * classes + k];
      }
      total += support;
      right += hits;
      if (support > 0) {
        recalls += (double) hits / support;
        present++;
      }
      if (support + predicted > 0) {
        f1 += 2.0 * hits / (support + predicted);
        seen++;
      }
    }
    return new Metrics(
        (double) right / total, recalls / present, f1 / seen); // NaN where nothing was counted
  }
}

package org.qieemo.evaluation;

import java.util.ArrayList;
import java.util.List;

/** Judgements made up for tests. */
final class Judgements {
  private Judgements() {}

  /** One utterance each, of a confusion matrix's counts. */
  static List<Judgement> of(List<String> labels, int[][] counts) {
    List<Judgement> judgements = new ArrayList<>();
    for (int truth = 0; truth < counts.length; truth++) {
      for (int predicted = 0; predicted < counts.length; predicted++) {
        for (int i = 0; i < counts[truth][predicted]; i++) {
          String unique = truth + "/" + predicted + "/" + i;
          judgements.add(new Judgement(labels.get(truth), labels.get(predicted), unique));
        }
      }
    }
    return judgements;
  }

  /** Utterances of one group: so many right, so many wrong. */
  static List<Judgement> group(String group, int right, int wrong) {
    List<Judgement> judgements = new ArrayList<>();
    for (int i = 0; i < right + wrong; i++) {
      judgements.add(new Judgement("a", i < right ? "a" : "b", group));
    }
    return judgements;
  }
}

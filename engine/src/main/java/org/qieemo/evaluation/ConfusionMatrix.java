package org.qieemo.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often each class was taken for each other. Immutable. */
public final class ConfusionMatrix {
  private final List<String> labels;
  private final long[] counts; // [truth, predicted]

  private ConfusionMatrix(List<String> labels, long[] counts) {
    this.labels = labels;
    this.counts = counts;
  }

  /**
   * Counts judgements.
   *
   * @param labels the classes, in the order of rows and columns
   * @param judgements any number of them
   * @throws IllegalArgumentException if a label occurs twice, or a judgement names none of them
   */
  public static ConfusionMatrix of(List<String> labels, List<Judgement> judgements) {
    Map<String, Integer> index = index(labels);
    long[] counts = new long[labels.size() * labels.size()];
    for (Judgement judgement : judgements) {
      counts[cell(index, judgement)]++;
    }
    return new ConfusionMatrix(List.copyOf(labels), counts);
  }

  /** The place of each label. */
  static Map<String, Integer> index(List<String> labels) {
    Map<String, Integer> index = new HashMap<>();
    for (String label : labels) {
      if (index.put(label, index.size()) != null) {
        throw new IllegalArgumentException("label '" + label + "' occurs twice");
      }
    }
    return index;
  }

  /** Where a judgement is counted, row-major. */
  static int cell(Map<String, Integer> index, Judgement judgement) {
    return place(index, judgement.truth()) * index.size() + place(index, judgement.predicted());
  }

  private static int place(Map<String, Integer> index, String label) {
    Integer place = index.get(label);
    if (place == null) {
      throw new IllegalArgumentException("'" + label + "' is none of the labels " + index.keySet());
    }
    return place;
  }

  /** The classes, in the order of rows and columns. */
  public List<String> labels() {
    return labels;
  }

  /** How many utterances of class {@code truth} were said to be of class {@code predicted}. */
  public long count(int truth, int predicted) {
    return counts[truth * labels.size() + predicted];
  }

  /** Number of utterances. */
  public long total() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }

  /** Rows of counts: row {@code truth}, column {@code predicted}. */
  public List<List<Long>> rows() {
    List<List<Long>> rows = new ArrayList<>();
    for (int truth = 0; truth < labels.size(); truth++) {
      List<Long> row = new ArrayList<>();
      for (int predicted = 0; predicted < labels.size(); predicted++) {
        row.add(count(truth, predicted));
      }
      rows.add(List.copyOf(row));
    }
    return List.copyOf(rows);
  }

  /** WA, UA and macro-F1. */
  public Metrics metrics() {
    return Metrics.of(counts, labels.size());
  }

  /** One score per class, in the order of the labels. */
  public List<ClassScore> classes() {
    List<ClassScore> scores = new ArrayList<>();
    for (int k = 0; k < labels.size(); k++) {
      long support = 0;
      long predicted = 0;
      for (int i = 0; i < labels.size(); i++) {
        support += count(k, i);
        predicted += count(i, k);
      }
      scores.add(ClassScore.of(labels.get(k), count(k, k), support, predicted));
    }
    return List.copyOf(scores);
  }
}

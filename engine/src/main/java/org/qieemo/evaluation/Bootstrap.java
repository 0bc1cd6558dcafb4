package org.qieemo.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Confidence intervals by the percentile bootstrap over groups (cluster bootstrap): each round
 * draws as many groups as there are, with replacement, and computes the metrics of all their
 * utterances. Utterances of one speaker resemble each other, so that intervals over utterances
 * promise too much; group by speaker where it is known. With few groups, ten say, even these
 * intervals are rather too narrow than too wide.
 *
 * <p>Results depend on the seed alone, neither on the machine nor on the order of the judgements.
 *
 * @param rounds how often the groups are drawn
 * @param seed of the random numbers
 * @param level the part of the rounds that lies inside the interval, between 0 and 1
 */
public record Bootstrap(int rounds, long seed, double level) {
  /** 2000 rounds, seed 1, 95 %. */
  public static final Bootstrap DEFAULT = new Bootstrap(2000, 1, 0.95);

  /** Checks the numbers. */
  public Bootstrap {
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds must be at least 1, found " + rounds);
    }
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException("level must be between 0 and 1, found " + level);
    }
  }

  /**
   * The intervals; empty with less than two groups, which say nothing about a third.
   *
   * @param labels the classes
   * @param judgements whose {@link Judgement#group()} is resampled
   * @throws IllegalArgumentException if a judgement names none of the labels
   */
  public Optional<MetricIntervals> intervals(List<String> labels, List<Judgement> judgements) {
    int[][] groups = groups(labels, judgements);
    if (groups.length < 2) {
      return Optional.empty();
    }
    Random random = new Random(seed); // the same numbers on every machine, as specified
    double[] weighted = new double[rounds];
    double[] unweighted = new double[rounds];
    double[] f1 = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      Metrics metrics = Metrics.of(draw(groups, labels.size(), random), labels.size());
      weighted[round] = metrics.weightedAccuracy();
      unweighted[round] = metrics.unweightedAccuracy();
      f1[round] = metrics.macroF1();
    }
    return Optional.of(
        new MetricIntervals(groups.length, interval(weighted), interval(unweighted), interval(f1)));
  }

  /** Per group, in order of their names, the cell of the confusion matrix of each utterance. */
  private static int[][] groups(List<String> labels, List<Judgement> judgements) {
    Map<String, Integer> index = ConfusionMatrix.index(labels);
    Map<String, List<Integer>> cells = new TreeMap<>();
    for (Judgement judgement : judgements) {
      cells
          .computeIfAbsent(judgement.group(), group -> new ArrayList<>())
          .add(ConfusionMatrix.cell(index, judgement));
    }
    return cells.values().stream()
        .map(group -> group.stream().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
  }

  private static long[] draw(int[][] groups, int classes, Random random) {
    long[] counts = new long[classes * classes];
    for (int i = 0; i < groups.length; i++) {
      for (int cell : groups[random.nextInt(groups.length)]) {
        counts[cell]++;
      }
    }
    return counts;
  }

  private Interval interval(double[] values) {
    Arrays.sort(values);
    return Interval.central(values, level);
  }
}

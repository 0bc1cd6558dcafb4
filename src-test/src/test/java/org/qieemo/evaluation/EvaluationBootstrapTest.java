package org.qieemo.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Intervals against distributions that are known, and against Apache Commons Math. */
class EvaluationBootstrapTest {
  private static final List<String> LABELS = List.of("a", "b");

  /** Judgements of speakers: so many right of ten. */
  private static List<Judgement> speakers(int... rightOfTen) {
    List<Judgement> judgements = new ArrayList<>();
    for (int speaker = 0; speaker < rightOfTen.length; speaker++) {
      judgements.addAll(
          Judgements.group("s" + speaker, rightOfTen[speaker], 10 - rightOfTen[speaker]));
    }
    return judgements;
  }

  private static Interval weighted(List<Judgement> judgements, Bootstrap bootstrap) {
    return bootstrap.intervals(LABELS, judgements).orElseThrow().weightedAccuracy();
  }

  @Test
  void utterancesAreBinomial() {
    List<Judgement> judgements = Judgements.of(LABELS, new int[][] {{80, 20}, {0, 0}});
    BinomialDistribution known = new BinomialDistribution(null, 100, 0.8);
    Interval found = weighted(judgements, Bootstrap.DEFAULT);
    assertEquals(known.inverseCumulativeProbability(0.025) / 100.0, found.low(), 0.0101);
    assertEquals(known.inverseCumulativeProbability(0.975) / 100.0, found.high(), 0.0101);
  }

  @Test
  void speakersAreDrawnWhole() {
    List<Judgement> judgements = speakers(10, 10, 10, 10, 10, 10, 0, 0, 0, 0);
    BinomialDistribution known = new BinomialDistribution(null, 10, 0.6);
    Interval found = weighted(judgements, Bootstrap.DEFAULT);
    assertEquals(known.inverseCumulativeProbability(0.025) / 10.0, found.low(), 1e-12);
    assertEquals(known.inverseCumulativeProbability(0.975) / 10.0, found.high(), 1e-12);
    List<Judgement> alone = Judgements.of(LABELS, new int[][] {{60, 40}, {0, 0}});
    Interval narrow = weighted(alone, Bootstrap.DEFAULT);
    assertTrue(found.high() - found.low() > 2 * (narrow.high() - narrow.low()), found.toString());
  }

  @Test
  void speakersWeighByTheirUtterances() {
    List<Judgement> judgements = new ArrayList<>(Judgements.group("many", 90, 0));
    judgements.addAll(Judgements.group("few", 0, 10));
    Interval middle = weighted(judgements, new Bootstrap(4000, 3, 0.4)); // both drawn: one half
    assertEquals(new Interval(0.9, 0.9), middle);
    assertEquals(new Interval(0, 1), weighted(judgements, Bootstrap.DEFAULT));
  }

  @Test
  void theSeedAloneDecides() {
    List<Judgement> judgements = speakers(9, 8, 7, 10, 4, 6);
    Optional<MetricIntervals> once = Bootstrap.DEFAULT.intervals(LABELS, judgements);
    assertEquals(once, Bootstrap.DEFAULT.intervals(LABELS, judgements));
    Collections.shuffle(judgements, new Random(5));
    assertEquals(once, Bootstrap.DEFAULT.intervals(LABELS, judgements));
    Bootstrap other = new Bootstrap(2000, 2, 0.951);
    assertTrue(!once.equals(other.intervals(LABELS, judgements)));
  }

  @Test
  void everyJavaDrawsTheSame() {
    MetricIntervals found =
        new Bootstrap(7, 1, 0.95).intervals(LABELS, speakers(9, 8, 7, 10, 4, 6)).orElseThrow();
    assertEquals(6, found.groups());
    // the same from Random's specification, written again in Python, and numpy.quantile
    assertEquals(0.5933333333333334, found.weightedAccuracy().low(), 1e-14);
    assertEquals(0.84, found.weightedAccuracy().high(), 1e-14);
  }

  @Test
  void oneSpeakerSaysNothingOfOthers() {
    assertEquals(Optional.empty(), Bootstrap.DEFAULT.intervals(LABELS, speakers(7)));
    assertEquals(Optional.empty(), Bootstrap.DEFAULT.intervals(LABELS, List.of()));
  }

  @Test
  void perfectionHasNoWidth() {
    MetricIntervals found = Bootstrap.DEFAULT.intervals(LABELS, speakers(10, 10, 10)).orElseThrow();
    Interval one = new Interval(1, 1);
    assertEquals(new MetricIntervals(3, one, one, one), found);
  }

  @Test
  void classesThatADrawMissesDoNotCount() {
    List<Judgement> judgements =
        List.of(new Judgement("a", "a", "s1"), new Judgement("b", "b", "s2"));
    MetricIntervals found = Bootstrap.DEFAULT.intervals(LABELS, judgements).orElseThrow();
    assertEquals(new Interval(1, 1), found.unweightedAccuracy());
    assertEquals(new Interval(1, 1), found.macroF1());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 101, 2000})
  void quantilesAreThoseOfCommonsMath(int count) {
    double[] sorted = new Random(count).doubles(count).sorted().toArray();
    Percentile percentile = new Percentile().withEstimationType(Percentile.EstimationType.R_7);
    for (double p : new double[] {1e-6, 0.025, 0.25, 0.5, 0.7, 0.975, 1}) {
      assertEquals(percentile.evaluate(sorted, 100 * p), Interval.quantile(sorted, p), 1e-12);
    }
    assertEquals(sorted[0], Interval.quantile(sorted, 0));
    assertEquals(
        new Interval(Interval.quantile(sorted, 0.05), Interval.quantile(sorted, 0.95)).high(),
        Interval.central(sorted, 0.9).high(),
        1e-12);
  }

  @Test
  void impossibleNumbersAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Bootstrap(0, 1, 0.95));
    for (double level : new double[] {0, 1, -1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> new Bootstrap(10, 1, level));
    }
  }
}

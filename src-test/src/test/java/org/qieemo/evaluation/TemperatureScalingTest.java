package org.qieemo.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Temperatures against closed forms and a search by hand; calibration errors by hand. */
class TemperatureScalingTest {
  private static ScoredUtterance utterance(int truth, double... logits) {
    return new ScoredUtterance(logits, new double[logits.length], truth);
  }

  /** Two classes, always the same logits, a part q right: sigmoid(a / T) = q. */
  @ParameterizedTest
  @ValueSource(doubles = {0.3, 1, 7, 40})
  void twoClassesHaveAClosedForm(double a) {
    List<ScoredUtterance> utterances = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      utterances.add(utterance(i < 8 ? 0 : 1, a, 0));
    }
    double expected = a / Math.log(0.8 / 0.2);
    assertEquals(
        expected, TemperatureScaling.fit(utterances).orElseThrow(), 1e-9 * Math.max(1, expected));
  }

  @Test
  void theOffsetOfAPriorIsNotScaled() {
    double[] offsets = {Math.log(0.7), Math.log(0.3)};
    List<ScoredUtterance> utterances = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      utterances.add(new ScoredUtterance(new double[] {3, 0}, offsets, i < 6 ? 0 : 1));
    }
    double expected = 3 / (Math.log(0.6 / 0.4) + Math.log(0.7 / 0.3));
    assertEquals(expected, TemperatureScaling.fit(utterances).orElseThrow(), 1e-9);
  }

  @Test
  void noOtherTemperatureIsMoreLikely() {
    Random random = new Random(5);
    List<ScoredUtterance> utterances = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      double[] logits = random.doubles(5, -6, 6).toArray();
      logits[i % 5] += random.nextDouble() * 4;
      utterances.add(utterance(i % 5, logits));
    }
    double best = TemperatureScaling.fit(utterances).orElseThrow();
    double least = error(utterances, best).nll();
    for (double t = 0.2; t < 50; t *= 1.01) {
      assertTrue(error(utterances, t).nll() >= least - 1e-12, t + " beats " + best);
    }
    assertTrue(error(utterances, best * 1.1).nll() > least);
    assertTrue(error(utterances, best / 1.1).nll() > least);
  }

  private static CalibrationError error(List<ScoredUtterance> utterances, double temperature) {
    return CalibrationError.of(
        utterances.stream().map(u -> u.probabilities(temperature)).toList(),
        utterances.stream().map(ScoredUtterance::truth).toList());
  }

  @Test
  void withoutMinimumThereIsNone() {
    assertEquals(
        OptionalDouble.empty(),
        TemperatureScaling.fit(List.of(utterance(0, 2, 0), utterance(1, 0, 1))),
        "all right");
    assertEquals(
        OptionalDouble.empty(),
        TemperatureScaling.fit(List.of(utterance(1, 2, 0), utterance(0, 0, 1))),
        "all wrong");
    assertThrows(IllegalArgumentException.class, () -> TemperatureScaling.fit(List.of()));
    assertThrows(IllegalArgumentException.class, () -> utterance(2, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> utterance(0, Double.NaN, 0));
  }

  @Test
  void errorsAreThoseComputedByHand() {
    List<double[]> probabilities =
        List.of(
            new double[] {0.9, 0.1}, // bin 13: right
            new double[] {0.88, 0.12}, // bin 13: wrong
            new double[] {0.4, 0.6}, // bin 9: right
            new double[] {1, 0}); // the last bin: right
    CalibrationError error = CalibrationError.of(probabilities, List.of(0, 1, 1, 0));
    assertEquals(0.75, error.accuracy());
    assertEquals((0.9 + 0.88 + 0.6 + 1) / 4, error.confidence(), 1e-15);
    assertEquals((Math.abs(1 - 0.9 - 0.88) + 0.4 + 0) / 4, error.ece(), 1e-15);
    double nll = -(Math.log(0.9) + Math.log(0.12) + Math.log(0.6)) / 4;
    assertEquals(nll, error.nll(), 1e-15);
    assertTrue(
        Double.isFinite(CalibrationError.of(probabilities, List.of(0, 1, 1, 1)).nll()),
        "a certain answer that is wrong");
  }

  @Test
  void probabilitiesAreASoftmax() {
    double[] p = utterance(0, Math.log(1), Math.log(2), Math.log(5)).probabilities(1);
    assertArrayEquals(new double[] {0.125, 0.25, 0.625}, p, 1e-15);
  }
}

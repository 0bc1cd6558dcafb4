package org.qieemo.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Metrics against numbers worked out by hand. */
class EvaluationMetricsTest {
  private static final double EXACT = 1e-15;
  private static final List<String> LABELS = List.of("a", "b", "c");

  private static ConfusionMatrix matrix(int[]... counts) {
    return ConfusionMatrix.of(LABELS, Judgements.of(LABELS, counts));
  }

  @Test
  void threeClassesByHand() {
    ConfusionMatrix matrix = matrix(new int[] {3, 1, 0}, new int[] {1, 2, 1}, new int[] {0, 0, 2});
    assertEquals(10, matrix.total());
    assertEquals(1, matrix.count(1, 2));
    assertEquals(
        List.of(List.of(3L, 1L, 0L), List.of(1L, 2L, 1L), List.of(0L, 0L, 2L)), rows(matrix));
    Metrics metrics = matrix.metrics();
    assertEquals(0.7, metrics.weightedAccuracy(), EXACT);
    assertEquals((3 / 4.0 + 2 / 4.0 + 1) / 3, metrics.unweightedAccuracy(), EXACT);
    assertEquals((6 / 8.0 + 4 / 7.0 + 4 / 5.0) / 3, metrics.macroF1(), EXACT);
  }

  private static List<List<Long>> rows(ConfusionMatrix matrix) {
    return matrix.rows();
  }

  @Test
  void scoresOfEachClassByHand() {
    ConfusionMatrix matrix = matrix(new int[] {3, 1, 0}, new int[] {1, 2, 1}, new int[] {0, 0, 2});
    ClassScore b = matrix.classes().get(1);
    assertEquals("b", b.label());
    assertEquals(4, b.support());
    assertEquals(3, b.predicted());
    assertEquals(0.5, b.recall(), EXACT);
    assertEquals(2 / 3.0, b.precision(), EXACT);
    assertEquals(4 / 7.0, b.f1(), EXACT);
  }

  @Test
  void aClassThatWasNeverPredictedHasPrecisionZero() {
    ConfusionMatrix matrix = matrix(new int[] {2, 0, 0}, new int[] {2, 0, 0}, new int[] {0, 0, 1});
    ClassScore never = matrix.classes().get(1);
    assertEquals(0, never.precision());
    assertEquals(0, never.recall());
    assertEquals(0, never.f1());
    assertEquals((1 + 0 + 1) / 3.0, matrix.metrics().unweightedAccuracy(), EXACT);
    assertEquals((4 / 6.0 + 0 + 1) / 3, matrix.metrics().macroF1(), EXACT);
  }

  @Test
  void aClassThatDoesNotOccurCountsForUaNotAndForF1OnlyIfPredicted() {
    ConfusionMatrix unseen = matrix(new int[] {1, 1, 0}, new int[] {0, 2, 0}, new int[] {0, 0, 0});
    assertEquals(0.75, unseen.metrics().unweightedAccuracy(), EXACT);
    assertEquals((2 / 3.0 + 4 / 5.0) / 2, unseen.metrics().macroF1(), EXACT);
    ClassScore c = unseen.classes().get(2);
    assertTrue(Double.isNaN(c.recall()) && Double.isNaN(c.f1()), c.toString());
    assertEquals(0, c.precision());
    ConfusionMatrix heard = matrix(new int[] {1, 0, 1}, new int[] {0, 2, 0}, new int[] {0, 0, 0});
    assertEquals(0.75, heard.metrics().unweightedAccuracy(), EXACT);
    assertEquals((2 / 3.0 + 1 + 0) / 3, heard.metrics().macroF1(), EXACT);
    assertEquals(0, heard.classes().get(2).f1());
  }

  @Test
  void oneClass() {
    List<String> label = List.of("only");
    ConfusionMatrix matrix =
        ConfusionMatrix.of(label, List.of(new Judgement("only", "only", "speaker")));
    assertEquals(new Metrics(1, 1, 1), matrix.metrics());
  }

  @Test
  void nothingGivesNumbersThatAreNone() {
    Metrics metrics = ConfusionMatrix.of(LABELS, List.of()).metrics();
    assertTrue(Double.isNaN(metrics.weightedAccuracy()));
    assertTrue(Double.isNaN(metrics.unweightedAccuracy()));
    assertTrue(Double.isNaN(metrics.macroF1()));
  }

  @Test
  void nothingInsideCanBeChanged() {
    ConfusionMatrix matrix = matrix(new int[] {1, 0, 0}, new int[] {0, 1, 0}, new int[] {0, 0, 1});
    assertThrows(UnsupportedOperationException.class, () -> matrix.labels().add("d"));
    assertThrows(UnsupportedOperationException.class, () -> matrix.rows().get(0).set(0, 9L));
    assertThrows(UnsupportedOperationException.class, () -> matrix.classes().clear());
  }

  @Test
  void labelsAreChecked() {
    List<Judgement> stranger = List.of(new Judgement("a", "z", "s"));
    List<String> twice = List.of("a", "a");
    assertThrows(IllegalArgumentException.class, () -> ConfusionMatrix.of(LABELS, stranger));
    assertThrows(IllegalArgumentException.class, () -> ConfusionMatrix.of(twice, List.of()));
    assertThrows(NullPointerException.class, () -> new Judgement("a", null, "s"));
  }
}

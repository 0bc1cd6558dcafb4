package org.qieemo.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.qieemo.Audio;
import org.qieemo.ClassPrior;
import org.qieemo.DecisionOptions;
import org.qieemo.Emotion;
import org.qieemo.EmotionRecognizer;
import org.qieemo.LabelScore;
import org.qieemo.support.Voices;

/** From probabilities to an answer: restriction, threshold, priors, the best few. */
class DecisionTest {
  private static final double EXACT = 1e-6; // logits are float32
  private static EmotionRecognizer recognizer;
  private static Audio audio;
  private static Emotion plain;

  @BeforeAll
  static void load() throws IOException {
    recognizer = EmotionRecognizer.embedded();
    audio = Voices.voice(2, 16_000, 140);
    plain = recognizer.classify(audio);
  }

  @AfterAll
  static void close() {
    recognizer.close();
  }

  private static Emotion with(DecisionOptions options) {
    return recognizer.classify(audio, options);
  }

  @Test
  void restrictedLabelsAreRenormalisedInTheModelsOrder() {
    List<String> backwards = List.of("neutral", "sadness", "anger");
    Emotion found = with(DecisionOptions.DEFAULT.withLabels(backwards));
    List<String> kept = recognizer.labels().stream().filter(backwards::contains).toList();
    assertEquals(kept, List.copyOf(found.scores().keySet()));
    double total = kept.stream().mapToDouble(plain.scores()::get).sum();
    for (String label : kept) {
      assertEquals(plain.scores().get(label) / total, found.scores().get(label), EXACT, label);
    }
    assertEquals(kept, found.curve().orElseThrow().labels());
    assertEquals(kept.size(), found.curve().orElseThrow().probabilities(0).length);
  }

  @Test
  void anUnsureAnswerIsUnknownAndKeepsItsScores() {
    double confidence = plain.confidence();
    Emotion sure = with(DecisionOptions.DEFAULT.withUnknownBelow(confidence));
    assertEquals(plain.label(), sure.label());
    Emotion unsure = with(DecisionOptions.DEFAULT.withUnknownBelow(Math.nextUp(confidence)));
    assertEquals(Emotion.UNKNOWN, unsure.label());
    assertEquals(confidence, unsure.confidence());
    assertEquals(plain.scores(), unsure.scores());
  }

  @Test
  void thePriorIsTakenOff() {
    Map<String, Double> counts = new LinkedHashMap<>();
    for (int k = 0; k < recognizer.labels().size(); k++) {
      counts.put(recognizer.labels().get(k), 10.0 + 30 * k);
    }
    for (double tau : new double[] {0.5, 1}) {
      Emotion found = with(DecisionOptions.DEFAULT.withPrior(new ClassPrior(counts, tau)));
      double total = 0;
      for (String label : recognizer.labels()) {
        total += plain.scores().get(label) * Math.pow(counts.get(label), -tau);
      }
      for (String label : recognizer.labels()) {
        double expected = plain.scores().get(label) * Math.pow(counts.get(label), -tau) / total;
        assertEquals(expected, found.scores().get(label), EXACT, label);
      }
    }
    assertEquals(
        plain.scores(), with(DecisionOptions.DEFAULT.withPrior(ClassPrior.UNIFORM)).scores());
  }

  @Test
  void theBestFewComeSorted() {
    List<LabelScore> all = plain.top(100);
    assertEquals(recognizer.labels().size(), all.size());
    for (int i = 1; i < all.size(); i++) {
      assertTrue(all.get(i - 1).probability() >= all.get(i).probability());
    }
    assertEquals(new LabelScore(plain.label(), plain.confidence()), all.get(0));
    assertEquals(all.subList(0, 2), plain.top(2));
    assertThrows(IllegalArgumentException.class, () -> plain.top(0));
  }

  @Test
  void optionsThatMakeNoSenseSaySo() {
    DecisionOptions options = DecisionOptions.DEFAULT;
    assertMessage("no label 'joy': the model has anger", () -> with(labels("anger", "joy")));
    assertMessage("at least two labels", () -> with(labels("anger")));
    assertMessage("unknownBelow", () -> options.withUnknownBelow(1.5));
    assertMessage("unknownBelow", () -> options.withUnknownBelow(Double.NaN));
    ClassPrior incomplete = ClassPrior.of(Map.of("anger", 1.0));
    assertMessage("the prior lacks the label", () -> with(options.withPrior(incomplete)));
    assertMessage("prior of 'a' must be above 0", () -> ClassPrior.of(Map.of("a", 0.0)));
  }

  private static DecisionOptions labels(String... labels) {
    return DecisionOptions.DEFAULT.withLabels(List.of(labels));
  }

  private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(part), message);
  }
}

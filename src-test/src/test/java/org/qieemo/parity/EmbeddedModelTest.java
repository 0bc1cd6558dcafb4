package org.qieemo.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.Emotion;
import org.qieemo.EmotionRecognizer;
import org.qieemo.converter.text.Json;
import org.qieemo.support.Repository;

/**
 * The embedded model, stored in Q8_0, hears in the samples what PyTorch hears with the float32
 * weights that it was converted from.
 */
class EmbeddedModelTest {
  /** Probabilities may differ by what eight bits per weight cost. */
  private static final double Q8_BOUND = 0.01;

  @ParameterizedTest
  @ValueSource(strings = {"afraid.wav", "bored.wav", "sad.wav"})
  void hearsWhatPyTorchHears(String wav) throws IOException {
    Path golden = Repository.goldens().resolve("embedded.json");
    Map<?, ?> document = (Map<?, ?>) Json.parse(Files.readAllBytes(golden), "embedded.json");
    Map<?, ?> expected = (Map<?, ?>) ((Map<?, ?>) document.get("probabilities")).get(wav);
    try (EmotionRecognizer recognizer = EmotionRecognizer.embedded()) {
      Emotion found = recognizer.classify(Repository.root().resolve("cli/samples").resolve(wav));
      assertEquals(expected.keySet(), found.scores().keySet());
      for (Map.Entry<String, Double> score : found.scores().entrySet()) {
        double probability = ((Number) expected.get(score.getKey())).doubleValue();
        assertEquals(probability, score.getValue(), Q8_BOUND, score.getKey());
      }
    }
  }
}

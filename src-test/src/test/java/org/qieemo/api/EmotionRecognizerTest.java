package org.qieemo.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.Audio;
import org.qieemo.AudioFormatException;
import org.qieemo.Emotion;
import org.qieemo.EmotionCurve;
import org.qieemo.EmotionRecognizer;
import org.qieemo.FeatureMatrix;
import org.qieemo.InvalidAudioException;
import org.qieemo.ModelFormatException;
import org.qieemo.RecognizerOptions;
import org.qieemo.Tap;
import org.qieemo.UnsupportedByModelException;
import org.qieemo.kernels.BackendException;
import org.qieemo.support.Voices;

/** The API on the embedded model: results, limits, errors, life cycle. */
class EmotionRecognizerTest {
  private static EmotionRecognizer recognizer;

  @BeforeAll
  static void load() throws IOException {
    recognizer = EmotionRecognizer.embedded();
  }

  @AfterAll
  static void close() {
    recognizer.close();
  }

  @Test
  void scoresAreProbabilitiesInTheModelsOrder() {
    Emotion emotion = recognizer.classify(Voices.voice(2, 16_000, 140));
    assertEquals(recognizer.labels(), List.copyOf(emotion.scores().keySet()));
    double sum = emotion.scores().values().stream().mapToDouble(p -> p).sum();
    assertEquals(1, sum, 1e-9);
    double best = emotion.scores().values().stream().mapToDouble(p -> p).max().orElseThrow();
    assertEquals(best, emotion.confidence());
    assertEquals(best, emotion.scores().get(emotion.label()));
    assertEquals(2.0, emotion.seconds(), 1e-9);
  }

  @Test
  void theCurveCoversTheAudio() {
    Emotion emotion = recognizer.classify(Voices.voice(3, 16_000, 200));
    EmotionCurve curve = emotion.curve().orElseThrow();
    assertEquals(0.04, curve.frameSeconds(), 1e-12);
    assertTrue(curve.start(curve.frames() - 1) < 3);
    assertTrue(curve.start(curve.frames() - 1) > 2.8, "last frame at " + curve.frames());
    for (int t = 0; t < curve.frames(); t++) {
      double sum = 0;
      for (double p : curve.probabilities(t)) {
        assertTrue(p >= 0 && p <= 1);
        sum += p;
      }
      assertEquals(1, sum, 1e-9);
    }
  }

  @Test
  void aBatchGivesWhatEachGivesAlone() {
    List<Audio> batch =
        List.of(
            Voices.voice(2, 16_000, 110),
            Voices.voice(0.4, 44_100, 220),
            Voices.voice(3.3, 8_000, 160));
    List<Emotion> together = recognizer.classifyAll(batch);
    for (int i = 0; i < batch.size(); i++) {
      assertEquals(recognizer.classify(batch.get(i)).scores(), together.get(i).scores());
    }
    assertEquals(List.of(), recognizer.classifyAll(List.of()));
  }

  @Test
  void otherRatesAreHeardMuchTheSame() {
    Emotion at16 = recognizer.classify(Voices.voice(3, 16_000, 150));
    Emotion at48 = recognizer.classify(Voices.voice(3, 48_000, 150));
    for (String label : recognizer.labels()) {
      assertEquals(at16.scores().get(label), at48.scores().get(label), 0.1, label);
    }
  }

  @Test
  void case68SilenceGivesADefinedResult() {
    Emotion emotion = recognizer.classify(new Audio(new float[32_000], 16_000));
    emotion.scores().values().forEach(p -> assertTrue(p >= 0 && p <= 1, "score " + p));
  }

  @Test
  void case64And68TooShortTooLongAndNotFiniteAudioSaySo() throws IOException {
    Audio oneSample = new Audio(new float[1], 16_000);
    assertMessage(InvalidAudioException.class, "too short", () -> recognizer.classify(oneSample));
    assertMessage(
        InvalidAudioException.class,
        "sample 3 is NaN",
        () -> new Audio(new float[] {0, 0, 0, Float.NaN}, 16_000));
    assertMessage(InvalidAudioException.class, "sample rate", () -> new Audio(new float[9], 12));
    RecognizerOptions oneSecond = RecognizerOptions.DEFAULT.withMaxSeconds(1);
    try (EmotionRecognizer limited = EmotionRecognizer.embedded(oneSecond)) {
      assertMessage(
          InvalidAudioException.class,
          "exceed the limit of 1.0 s",
          () -> limited.classify(Voices.voice(1.5, 16_000, 100)));
    }
  }

  @Test
  void case68ShortestAudioThatIsSaidToBeEnoughIsEnough() {
    String message =
        assertThrows(
                InvalidAudioException.class,
                () -> recognizer.classify(new Audio(new float[400], 16_000)))
            .getMessage();
    assertTrue(message.contains("too short"), message);
    int millis = Integer.parseInt(message.replaceAll(".*needs (\\d+) ms.*", "$1"));
    recognizer.classify(Voices.voice(millis / 1000.0, 16_000, 100));
    Audio shorter = Voices.voice((millis - 1) / 1000.0, 16_000, 100);
    assertThrows(InvalidAudioException.class, () -> recognizer.classify(shorter));
  }

  @Test
  void everyTapHasItsShape() {
    Audio audio = Voices.voice(2, 16_000, 130);
    FeatureMatrix fbank = recognizer.features(audio, Tap.FBANK);
    assertEquals(198, fbank.rows());
    assertEquals(80, fbank.cols());
    assertEquals(198, recognizer.features(audio, Tap.FEATURES).rows());
    int width = recognizer.config().encoder().width();
    int blocks = recognizer.config().encoder().blocks();
    for (int l = 0; l <= blocks; l++) {
      assertShape(48, width, recognizer.features(audio, Tap.block(l)));
    }
    assertShape(48, width, recognizer.features(audio, Tap.ENCODER));
    int vocabulary = recognizer.config().ctc().vocabulary();
    assertShape(48, vocabulary, recognizer.features(audio, Tap.PPG));
    assertShape(48, vocabulary, recognizer.features(audio, Tap.CTC_LOGITS));
    assertShape(48, recognizer.labels().size(), recognizer.features(audio, Tap.FRAME_EMOTION));
    assertMessage(
        UnsupportedByModelException.class,
        "blocks 1 to " + blocks,
        () -> recognizer.features(audio, Tap.block(blocks + 1)));
    assertMessage(IllegalArgumentException.class, "unknown tap 'x'", () -> Tap.parse("x"));
  }

  private static void assertShape(int rows, int cols, FeatureMatrix found) {
    assertEquals(rows, found.rows());
    assertEquals(cols, found.cols());
    assertEquals(rows * cols, found.values().length);
  }

  @Test
  void filesThatAreNoModelOrNoAudioAreTyped(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("x");
    Files.writeString(file, "version https://git-lfs.github.com/spec/v1\n");
    assertThrows(ModelFormatException.class, () -> EmotionRecognizer.open(file));
    assertThrows(AudioFormatException.class, () -> recognizer.classify(file));
    assertThrows(AudioFormatException.class, () -> recognizer.classify(folder));
    ByteArrayInputStream empty = new ByteArrayInputStream(new byte[0]);
    assertThrows(
        ModelFormatException.class,
        () -> EmotionRecognizer.open(empty, "nothing", RecognizerOptions.DEFAULT));
    RecognizerOptions unknown = RecognizerOptions.DEFAULT.withBackend("abacus");
    assertMessage(
        BackendException.class, "no back end 'abacus'", () -> EmotionRecognizer.embedded(unknown));
  }

  @Test
  void afterCloseEveryCallThrowsAndClosingTwiceIsFine() throws IOException {
    EmotionRecognizer closed = EmotionRecognizer.embedded();
    Audio audio = Voices.voice(1, 16_000, 100);
    closed.classify(audio);
    closed.close();
    closed.close();
    assertMessage(IllegalStateException.class, "closed", () -> closed.classify(audio));
    assertMessage(IllegalStateException.class, "closed", () -> closed.transcribe(audio));
    assertMessage(IllegalStateException.class, "closed", () -> closed.features(audio, Tap.ENCODER));
  }

  @Test
  void theBackEndSaysWhatRuns() {
    assertEquals("cpu", recognizer.backend().name());
    assertTrue(recognizer.backend().description().contains("Vector API"), "tests run with it");
    assertFalse(recognizer.info().name().isEmpty());
  }

  /** The kernels are chosen once, by the work that is expected, and agree in what they hear. */
  @Test
  void littleAudioTakesTheKernelsThatAnswerSoonest() throws IOException {
    Audio audio = Voices.voice(2, 16_000, 140);
    RecognizerOptions options = RecognizerOptions.DEFAULT.withExpectedSeconds(3);
    try (EmotionRecognizer little = EmotionRecognizer.embedded(options)) {
      String description = little.backend().description();
      assertTrue(description.contains("plain Java"), description);
      assertTrue(description.contains("little to do"), description);
      Map<String, Double> expected = recognizer.classify(audio).scores();
      little
          .classify(audio)
          .scores()
          .forEach((label, p) -> assertEquals(expected.get(label), p, 1e-4, label));
    }
    assertThrows(
        IllegalArgumentException.class, () -> RecognizerOptions.DEFAULT.withExpectedSeconds(-1));
  }

  private static void assertMessage(
      Class<? extends Exception> type,
      String part,
      org.junit.jupiter.api.function.Executable call) {
    String message = assertThrows(type, call).getMessage();
    assertTrue(message.contains(part), message);
    assertFalse(message.contains("\n"), message);
  }
}

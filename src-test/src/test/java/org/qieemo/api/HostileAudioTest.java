package org.qieemo.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.Audio;
import org.qieemo.AudioFormatException;
import org.qieemo.Emotion;
import org.qieemo.EmotionRecognizer;
import org.qieemo.InvalidAudioException;
import org.qieemo.support.Repository;
import org.qieemo.support.Voices;

/** Strange audio gives probabilities or an error that says why; never NaN. */
class HostileAudioTest {
  private static final Path SAMPLE = Repository.root().resolve("cli/samples/afraid.wav");
  private static EmotionRecognizer recognizer;

  @BeforeAll
  static void load() throws IOException {
    recognizer = EmotionRecognizer.embedded();
  }

  @AfterAll
  static void close() {
    recognizer.close();
  }

  private static void refused(Audio audio, String reason) {
    String message =
        assertThrows(InvalidAudioException.class, () -> recognizer.classify(audio)).getMessage();
    assertTrue(message.contains(reason), message);
  }

  private static void heard(Audio audio) {
    Emotion emotion = recognizer.classify(audio);
    double sum = 0;
    for (double p : emotion.scores().values()) {
      assertTrue(p >= 0 && p <= 1, "score " + p);
      sum += p;
    }
    assertEquals(1, sum, 1e-9);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 399, 400, 1000})
  void case68ShorterThanTheModelSees(int samples) {
    refused(new Audio(new float[samples], 16_000), "of audio are too short: the model needs");
  }

  @Test
  void case68HoursLong() {
    refused(new Audio(new float[2 * 3600 * 1000], 1000), "7200.000 s of audio exceed the limit");
  }

  @ParameterizedTest
  @ValueSource(ints = {8000, 11_025, 22_050, 44_100, 48_000, 96_000, 1000, 768_000, 16_001})
  void case68OddRates(int rate) {
    heard(Voices.voice(1, rate, 120));
    heard(new Audio(new float[rate], rate));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void case64NotFinite(float value) {
    float[] samples = new float[16_000];
    samples[8000] = value;
    String message =
        assertThrows(InvalidAudioException.class, () -> new Audio(samples, 16_000)).getMessage();
    assertEquals("sample 8000 is " + (Float.isNaN(value) ? "NaN" : "infinite"), message);
  }

  /** Samples are not copied, so that they can turn bad behind the check of {@link Audio}. */
  @Test
  void case64NotFiniteAfterTheCheck() {
    float[] samples = Voices.voice(1, 16_000, 120).samples();
    Audio audio = new Audio(samples, 16_000);
    samples[8000] = Float.NaN;
    refused(audio, "sample 8000 is NaN");
    samples[8000] = 1e38f;
    refused(audio, "sample 8000 is 1.0E38");
  }

  @Test
  void case64DenormalsAndLoudness() {
    float[] denormal = new float[16_000];
    Arrays.fill(denormal, Float.MIN_VALUE);
    heard(new Audio(denormal, 16_000));
    float[] loud = Voices.voice(1, 16_000, 120).samples();
    for (int i = 0; i < loud.length; i++) {
      loud[i] *= 1e6f / 4;
    }
    heard(new Audio(loud, 16_000));
  }

  @Test
  void anErrorLeavesTheRecognizerUsable() {
    Audio voice = Voices.voice(1, 16_000, 120);
    Map<String, Double> before = recognizer.classify(voice).scores();
    refused(new Audio(new float[10], 16_000), "too short");
    assertEquals(before, recognizer.classify(voice).scores());
  }

  @Test
  void interruptsStopReadingButNoComputation() throws IOException {
    Audio voice = Audio.read(SAMPLE);
    Map<String, Double> expected = recognizer.classify(voice).scores();
    Thread.currentThread().interrupt();
    try {
      assertEquals(expected, recognizer.classify(voice).scores());
      assertTrue(Thread.currentThread().isInterrupted());
      AudioFormatException e =
          assertThrows(AudioFormatException.class, () -> recognizer.classify(SAMPLE));
      assertTrue(e.reason().contains("the thread was interrupted"), e.getMessage());
    } finally {
      assertTrue(Thread.interrupted(), "stays interrupted");
    }
    assertFalse(Thread.currentThread().isInterrupted());
    assertEquals(expected, recognizer.classify(SAMPLE).scores());
  }
}

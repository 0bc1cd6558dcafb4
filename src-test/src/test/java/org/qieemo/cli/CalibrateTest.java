package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.DecisionOptions;
import org.qieemo.Emotion;
import org.qieemo.EmotionRecognizer;

/** {@code qieemo calibrate}, end to end. */
class CalibrateTest {
  private static final int FILES = 8;

  @TempDir static Path folder;
  private static Path model;
  private static List<Emotion> heard;

  @BeforeAll
  static void makeFiles() throws IOException {
    model = TinyModel.whole(folder.resolve("tiny.gguf"));
    for (int i = 0; i < FILES; i++) {
      TestWav.tone(folder.resolve("t" + i + ".wav"), 0.5 + 0.3 * i);
    }
    heard = heard(model);
  }

  private static List<Emotion> heard(Path model) throws IOException {
    List<Emotion> emotions = new ArrayList<>();
    try (EmotionRecognizer recognizer = EmotionRecognizer.open(model)) {
      for (int i = 0; i < FILES; i++) {
        emotions.add(recognizer.classify(folder.resolve("t" + i + ".wav")));
      }
    }
    return emotions;
  }

  /** The label that was heard, or for some files the next best one. */
  private static String label(int file, int wrong) {
    return heard.get(file).top(2).get(file < wrong ? 1 : 0).label();
  }

  private static Path manifest(String name, int wrong) throws IOException {
    List<String> lines = new ArrayList<>(List.of("speaker,file,label"));
    for (int i = 0; i < FILES; i++) {
      String quoted = '"' + label(i, wrong).replace("\"", "\"\"") + '"';
      lines.add("s" + i % 2 + ",t" + i + ".wav," + quoted);
    }
    return Files.write(folder.resolve(name), lines);
  }

  private static double nll(Path model, int wrong) throws IOException {
    List<Emotion> emotions = heard(model);
    double sum = 0;
    for (int i = 0; i < FILES; i++) {
      sum -= Math.log(emotions.get(i).scores().get(label(i, wrong)));
    }
    return sum / FILES;
  }

  private static double number(Map<String, Object> report, String part, String name) {
    return ((Number) ((Map<?, ?>) report.get(part)).get(name)).doubleValue();
  }

  @Test
  void theFittedTemperatureIsWhatTheNewModelUses() throws IOException {
    int wrong = 2;
    Path manifest = manifest("some.csv", wrong);
    Path output = folder.resolve("calibrated.gguf");
    Object[] words = {"calibrate", manifest, "--model", model, "--output", output};
    Cli.Result text = Cli.run(words);
    assertEquals(0, text.code(), text.err());
    assertTrue(text.out().contains("fitted to the other speakers"), text.out());
    Cli.Result result =
        Cli.run(words[0], words[1], words[2], words[3], words[4], words[5], "--format=json");
    assertEquals(0, result.code(), result.err());
    Map<String, Object> report = StrictJson.object(result.out());
    assertEquals("qieemo-calibration/1", report.get("schema"));
    assertEquals((double) FILES, report.get("scored"));
    assertEquals(1.0, report.get("stored_temperature"));
    double temperature = ((Number) report.get("temperature")).doubleValue();
    try (EmotionRecognizer recognizer = EmotionRecognizer.open(output)) {
      assertEquals((float) temperature, recognizer.config().fusion().calibration().temperature());
    }
    assertEquals(nll(model, wrong), number(report, "before", "nll"), 1e-6);
    assertEquals(nll(output, wrong), number(report, "after", "nll"), 1e-6);
    assertTrue(number(report, "after", "nll") < number(report, "before", "nll"));
    assertEquals(1 - (double) wrong / FILES, number(report, "after", "accuracy"));
    assertTrue(
        number(report, "other_speakers", "nll") >= number(report, "after", "nll"), result.out());
    onlyTheTemperatureDiffers(output);
    twiceChangesNothing(manifest, output);
  }

  /** Four bytes; the test's own writer of models and the project's give the same file. */
  private static void onlyTheTemperatureDiffers(Path output) throws IOException {
    byte[] before = Files.readAllBytes(model);
    byte[] after = Files.readAllBytes(output);
    assertEquals(before.length, after.length);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      if (before[i] != after[i]) {
        places.add(i);
      }
    }
    assertFalse(places.isEmpty());
    assertTrue(places.get(places.size() - 1) - places.get(0) < Float.BYTES, places.toString());
  }

  private static void twiceChangesNothing(Path manifest, Path calibrated) throws IOException {
    byte[] before = Files.readAllBytes(calibrated);
    Cli.Result again =
        Cli.run("calibrate", manifest, "--model", calibrated, "--output", calibrated);
    assertEquals(0, again.code(), again.err());
    float stored = temperature(calibrated);
    assertEquals(before.length, Files.size(calibrated));
    assertTrue(again.out().contains(Text.fixed(stored, 4) + ", fitted " + Text.fixed(stored, 4)));
  }

  private static float temperature(Path file) throws IOException {
    try (EmotionRecognizer recognizer = EmotionRecognizer.open(file)) {
      return recognizer.config().fusion().calibration().temperature();
    }
  }

  @Test
  void aModelPerRowAnswersAndAnotherGetsTheTemperature() throws IOException {
    Path manifest = manifest("plain.csv", 2);
    Path warm = folder.resolve("warm.gguf");
    assertEquals(0, Cli.run("calibrate", manifest, "--model", model, "--output", warm).code());
    List<String> rows = new ArrayList<>(Files.readAllLines(manifest));
    rows.set(0, rows.get(0) + ",model");
    for (int i = 1; i < rows.size(); i++) {
      rows.set(i, rows.get(i) + "," + (i % 2 == 0 ? model : warm)); // two temperatures
    }
    Path folds = Files.write(folder.resolve("folds.csv"), rows);
    Path output = folder.resolve("of-folds.gguf");
    Cli.Result result = Cli.run("calibrate", folds, "--model", model, "--output", output);
    assertEquals(0, result.code(), result.err());
    assertEquals(temperature(warm), temperature(output), 1e-4);
  }

  @Test
  void withoutAnErrorThereIsNoTemperature() throws IOException {
    Path output = folder.resolve("none.gguf");
    Path manifest = manifest("all-right.csv", 0);
    Cli.Result result = Cli.run("calibrate", manifest, "--model", model, "--output", output);
    assertEquals(1, result.code(), result.out());
    assertTrue(result.err().contains("no temperature fits"), result.err());
    assertEquals(1, result.errLines().size(), result.err());
    assertFalse(Files.exists(output), "nothing is written");
  }

  @Test
  void aFileThatFailsIsLeftOut() throws IOException {
    Path manifest = manifest("failing.csv", 3);
    Files.writeString(manifest, Files.readString(manifest) + "s3,gone.wav,joy\n");
    Path output = folder.resolve("failing.gguf");
    Cli.Result result = Cli.run("calibrate", manifest, "--model", model, "--output", output);
    assertEquals(1, result.code(), result.err());
    assertTrue(result.err().contains("gone.wav: no such file"), result.err());
    assertTrue(result.out().contains("8 scored and 1 failed"), result.out());
    assertTrue(Files.exists(output));
  }

  @Test
  void whatCannotBeCalibratedIsNamed() throws IOException {
    Path manifest = manifest("named.csv", 2);
    Path encoder = TinyModel.withoutEmotion(folder.resolve("encoder.gguf"));
    Path output = folder.resolve("never.gguf");
    Cli.Result headless = Cli.run("calibrate", manifest, "--model", encoder, "--output", output);
    assertEquals(1, headless.code());
    assertTrue(headless.err().contains("no emotion head"), headless.err());
    Cli.Result nowhere =
        Cli.run("calibrate", manifest, "--model", model, "--output", folder.resolve("no/x.gguf"));
    assertEquals(1, nowhere.code());
    assertTrue(nowhere.err().contains("there is no folder"), nowhere.err());
    assertEquals(2, Cli.run("calibrate", manifest, "--model", model).code());
    assertFalse(Files.exists(output));
  }

  @Test
  void theEmbeddedModelCanBeCalibratedToo() throws IOException {
    List<String> lines = new ArrayList<>(List.of("file,label"));
    List<Emotion> embedded = new ArrayList<>();
    try (EmotionRecognizer recognizer = EmotionRecognizer.embedded()) {
      for (int i = 0; i < FILES; i++) {
        Path file = folder.resolve("t" + i + ".wav");
        embedded.add(recognizer.classify(file));
        int place = i < 2 ? 1 : 0;
        lines.add("t" + i + ".wav," + embedded.get(i).top(2).get(place).label());
      }
    }
    Path output = folder.resolve("embedded.gguf");
    Cli.Result result =
        Cli.run(
            "calibrate",
            Files.write(folder.resolve("embedded.csv"), lines),
            "--output",
            output,
            "--format=json");
    assertEquals(0, result.code(), result.err());
    assertNull(StrictJson.object(result.out()).get("other_speakers"), "no speaker column");
    double stored = number(result, "stored_temperature");
    double fitted = number(result, "temperature");
    try (EmotionRecognizer recognizer = EmotionRecognizer.open(output)) {
      Emotion before = embedded.get(3);
      Emotion after = recognizer.classify(folder.resolve("t3.wav"));
      List<String> labels = recognizer.labels(DecisionOptions.DEFAULT);
      assertArrayEquals(tempered(before, labels, fitted / stored), values(after, labels), 1e-9);
    }
  }

  private static double number(Cli.Result result, String key) {
    return ((Number) StrictJson.object(result.out()).get(key)).doubleValue();
  }

  private static double[] values(Emotion emotion, List<String> labels) {
    return labels.stream().mapToDouble(emotion.scores()::get).toArray();
  }

  /** p^(1/T), normalised. */
  private static double[] tempered(Emotion emotion, List<String> labels, double temperature) {
    double[] p = values(emotion, labels);
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      p[k] = Math.pow(p[k], 1 / temperature);
      sum += p[k];
    }
    for (int k = 0; k < p.length; k++) {
      p[k] /= sum;
    }
    return p;
  }
}

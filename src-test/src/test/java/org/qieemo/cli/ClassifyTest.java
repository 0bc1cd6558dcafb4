package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code qieemo classify}, end to end. */
class ClassifyTest {
  private static final Map<String, String> NO_FILE =
      Map.of("schema", "qieemo-classify/1", "file", "none.wav", "error", "no such file");

  @TempDir static Path folder;
  private static Path model;
  private static Path tone;

  @BeforeAll
  static void makeFiles() throws IOException {
    model = TinyModel.whole(folder.resolve("tiny.gguf"));
    tone = TestWav.tone(folder.resolve("tone.wav"), 1.5);
  }

  @Test
  void jsonLinesHaveEverythingAndNothingBroken() {
    Cli.Result result = Cli.run("classify", "--model", model, "--format", "jsonl", tone, tone);
    assertEquals(0, result.code(), result.err());
    assertEquals("", result.err());
    assertEquals(2, result.outLines().size());
    for (String line : result.outLines()) {
      checkResult(StrictJson.object(line));
    }
  }

  private static void checkResult(Map<String, Object> object) {
    assertEquals(
        List.of("schema", "file", "duration", "label", "confidence", "scores", "backend"),
        keys(object));
    assertEquals("qieemo-classify/1", object.get("schema"));
    assertEquals(tone.toString(), object.get("file"));
    assertEquals(1.5, object.get("duration"));
    assertEquals("cpu", object.get("backend"));
    Map<?, ?> scores = (Map<?, ?>) object.get("scores");
    assertEquals(TinyModel.LABELS, List.copyOf(scores.keySet()));
    double sum = scores.values().stream().mapToDouble(v -> (Double) v).sum();
    assertEquals(1, sum, 1e-12);
    double best = scores.values().stream().mapToDouble(v -> (Double) v).max().orElseThrow();
    assertEquals(best, scores.get(object.get("label")));
    assertEquals(best, object.get("confidence"));
  }

  private static List<String> keys(Map<String, Object> object) {
    return List.copyOf(object.keySet());
  }

  @Test
  void jsonIsOneArrayWithBadInputsInPlace() {
    Cli.Result result =
        Cli.run("classify", "--model=" + model, "--format=json", tone, "none.wav", tone);
    assertEquals(1, result.code(), result.err());
    List<?> array = (List<?>) StrictJson.parse(result.out());
    assertEquals(3, array.size());
    assertEquals(NO_FILE, array.get(1));
  }

  @Test
  void jsonOfOneBadInputIsStillAnArray() {
    Cli.Result result = Cli.run("classify", "--model", model, "--format", "json", "none.wav");
    assertEquals(1, result.code());
    assertEquals(List.of(NO_FILE), StrictJson.parse(result.out()));
  }

  @Test
  void textIsOneLinePerFile() {
    Cli.Result result = Cli.run("classify", tone, "--model", model);
    assertEquals(0, result.code(), result.err());
    assertEquals(1, result.outLines().size());
    assertTrue(
        result.out().matches("(?s).*tone\\.wav: .* [01]\\.\\d{3} \\[#*\\.*] .*, .*\n"),
        result.out());
  }

  @Test
  void theBestFewAreSortedAndAnUnsureAnswerIsUnknown() {
    Cli.Result result =
        Cli.run(
            "classify", "--model", model, "--format=jsonl", "--top=2", "--unknown-below=1", tone);
    assertEquals(0, result.code(), result.err());
    Map<String, Object> object = StrictJson.object(result.out());
    assertEquals("unknown", object.get("label"));
    List<Object> scores = List.copyOf(((Map<?, ?>) object.get("scores")).values());
    assertEquals(2, scores.size());
    assertEquals(object.get("confidence"), scores.get(0));
    assertTrue((Double) scores.get(0) > (Double) scores.get(1));
    String text = Cli.run("classify", "--model", model, "--top=1", tone).out();
    assertTrue(text.matches("(?s).*\\[#*\\.*]\n"), text);
  }

  @Test
  void labelsAndPriorsChangeTheAnswer() {
    Map<String, Object> restricted = classify("--labels=joy,anger");
    assertEquals(List.of("anger", "joy"), keys(scores(restricted)));
    Map<String, Object> tilted =
        classify("--labels=joy,anger", "--prior=joy=1,anger=999,sadness \"quoted\"=1");
    double p = (Double) scores(restricted).get("anger");
    double expected = p / 999 / (p / 999 + 1 - p);
    assertEquals(expected, (Double) scores(tilted).get("anger"), 1e-6);
    assertEquals(scores(classify("--prior=uniform")), scores(classify()));
  }

  private static Map<String, Object> classify(String... options) {
    List<Object> words = new ArrayList<>(List.of("classify", "--model", model, "--format=jsonl"));
    words.addAll(List.of(options));
    words.add(tone);
    Cli.Result result = Cli.run(words.toArray());
    assertEquals(0, result.code(), result.err());
    return StrictJson.object(result.out());
  }

  @SuppressWarnings("unchecked") // keys of JSON objects are strings
  private static Map<String, Object> scores(Map<String, Object> object) {
    return (Map<String, Object>) object.get("scores");
  }

  @Test
  void answerOptionsThatDoNotFitTheModelAreUsageErrors() {
    for (String option : List.of("--labels=anger,rage", "--prior=anger=1", "--prior-tau=1")) {
      Cli.Result result = Cli.run("classify", "--model", model, option, tone);
      assertEquals(2, result.code(), result.err());
      assertEquals(1, result.errLines().size(), result.err());
      assertEquals("", result.out());
    }
  }

  @Test
  void badInputsDoNotStopTheBatch() throws IOException {
    List<Path> bad = badInputs();
    List<Object> words = new ArrayList<>(List.of("classify", "--model", model, "--format=jsonl"));
    for (Path file : bad) {
      words.add(file);
      words.add(tone);
    }
    Cli.Result result = Cli.run(words.toArray());
    assertEquals(1, result.code());
    assertEquals("", result.err());
    assertEquals(2 * bad.size(), result.outLines().size());
    for (int i = 0; i < bad.size(); i++) {
      Map<String, Object> failed = StrictJson.object(result.outLines().get(2 * i));
      assertEquals(List.of("schema", "file", "error"), keys(failed), failed.toString());
      assertEquals(bad.get(i).toString(), failed.get("file"));
      String error = (String) failed.get("error");
      assertFalse(error.contains("internal error") || error.contains("\n"), error);
      checkResult(StrictJson.object(result.outLines().get(2 * i + 1)));
    }
  }

  @Test
  void badInputsAreOneLineOnStandardErrorInText() throws IOException {
    List<Path> bad = badInputs();
    List<Object> words = new ArrayList<>(List.of("classify", "--model", model, tone));
    words.addAll(bad);
    Cli.Result result = Cli.run(words.toArray());
    assertEquals(1, result.code());
    assertEquals(1, result.outLines().size());
    assertEquals(bad.size(), result.errLines().size(), result.err());
    for (int i = 0; i < bad.size(); i++) {
      String line = result.errLines().get(i);
      String start = "qieemo: " + Text.oneLine(bad.get(i) + ": ");
      assertTrue(line.startsWith(start) && line.length() > start.length(), line);
    }
  }

  private static List<Path> badInputs() throws IOException {
    Path directory = Files.createDirectories(folder.resolve("directory.wav"));
    Path nothing = Files.write(folder.resolve("nothing.wav"), new byte[0]);
    Path text = Files.writeString(folder.resolve("text.wav"), "This is no sound.\n".repeat(20));
    return List.of(
        folder.resolve("none.wav"),
        folder.resolve("new\nline.wav"),
        directory,
        nothing,
        text,
        TestWav.truncated(folder.resolve("truncated.wav")),
        TestWav.empty(folder.resolve("empty.wav")),
        TestWav.tone(folder.resolve("short.wav"), 0.02),
        TestWav.notANumber(folder.resolve("nan.wav")));
  }

  @Test
  void anEncoderWithoutEmotionHeadSaysSo() throws IOException {
    Path encoder = TinyModel.withoutEmotion(folder.resolve("encoder.gguf"));
    Cli.Result result = Cli.run("classify", "--model", encoder, tone);
    assertEquals(1, result.code());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().contains("no emotion head"), result.err());
  }

  @Test
  void aBadModelIsOneLine() throws IOException {
    Path damaged = Files.write(folder.resolve("damaged.gguf"), new byte[] {'G', 'G', 'U', 'F', 3});
    for (Path file : List.of(damaged, folder.resolve("none.gguf"), folder)) {
      Cli.Result result = Cli.run("classify", "--model", file, tone);
      assertEquals(1, result.code());
      assertEquals("", result.out());
      assertEquals(1, result.errLines().size(), result.err());
      assertTrue(result.err().startsWith("qieemo: " + file + ": "), result.err());
      assertFalse(result.err().contains("internal error"), result.err());
    }
  }

  @Test
  void numbersKnowNoLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      String arabic = Cli.run("classify", "--model", model, tone).out();
      Locale.setDefault(Locale.ROOT);
      assertEquals(Cli.run("classify", "--model", model, tone).out(), arabic);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void theNumberOfThreadsChangesNoBit() {
    String one = Cli.run("classify", "--model", model, "--format=jsonl", "--threads=1", tone).out();
    String three =
        Cli.run("classify", "--model", model, "--format=jsonl", "--threads=3", tone).out();
    assertEquals(one, three);
  }

  @Test
  void theStackTraceIsShownOnRequestOnly() {
    assertEquals(1, Cli.run("classify", "--model", model, "none.wav").errLines().size());
    Cli.Result debug = Cli.run("classify", "--model", model, "none.wav", "--debug");
    assertTrue(debug.err().contains("\tat org.qieemo"), debug.err());
  }
}

package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.EmotionRecognizer;

/** {@code qieemo evaluate}, end to end. */
class EvaluateTest {
  private static final List<String> KEYS =
      List.of(
              "schema date qieemo manifest split per_row_models models backend utterances failures"
                  .split(" "),
              "scored audio_seconds processing_seconds real_time_factor wa ua macro_f1 bootstrap"
                  .split(" "),
              "labels classes confusion folds failed".split(" "))
          .stream()
          .flatMap(Stream::of)
          .toList();

  @TempDir static Path folder;
  private static Path tiny;

  @BeforeAll
  static void makeFiles() throws IOException {
    tiny = TinyModel.whole(folder.resolve("tiny.gguf"));
    for (int i = 0; i < 4; i++) {
      TestWav.tone(folder.resolve("t" + i + ".wav"), 0.5 + 0.25 * i);
    }
  }

  private static Path manifest(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines));
  }

  /** What the tiny model hears in the tones; the same for all of them or not. */
  private static String heard(int tone) throws IOException {
    try (EmotionRecognizer recognizer = EmotionRecognizer.open(tiny)) {
      return recognizer.classify(folder.resolve("t" + tone + ".wav")).label();
    }
  }

  private static String other(String label) {
    return TinyModel.LABELS.get(label.equals("joy") ? 0 : 1);
  }

  private static String quoted(String label) {
    return '"' + label.replace("\"", "\"\"") + '"';
  }

  private static Map<?, ?> object(Object value) {
    return (Map<?, ?>) value;
  }

  @Test
  void theEmbeddedModelIsMeasured() throws IOException {
    Path manifest =
        manifest("plain.csv", "file,label", "t0.wav,anger", "t1.wav, Anger ", "t2.wav,SADNESS");
    Cli.Result result = Cli.run("evaluate", manifest, "--format=json", "--split", "made-up tones");
    assertEquals(0, result.code(), result.err());
    assertEquals("", result.err());
    Map<String, Object> report = StrictJson.object(result.out());
    assertEquals(KEYS, List.copyOf(report.keySet()));
    assertEquals("qieemo-evaluation/1", report.get("schema"));
    assertEquals("made-up tones", report.get("split"));
    assertEquals(false, report.get("per_row_models"));
    assertEquals(3.0, report.get("utterances"));
    assertEquals(0.5 + 0.75 + 1, report.get("audio_seconds"));
    assertEquals("utterances", object(report.get("bootstrap")).get("unit"));
    assertEquals(3.0, object(report.get("bootstrap")).get("units"));
    Map<?, ?> model = object(((List<?>) report.get("models")).get(0));
    assertEquals("embedded model", model.get("model"));
    assertTrue(Instant.parse((String) report.get("date")).isBefore(Instant.now()));
  }

  @Test
  void metricsAreThoseOfWhatWasHeard() throws IOException {
    String first = heard(0);
    String second = heard(1);
    Path manifest =
        manifest(
            "metrics.csv",
            "speaker,file,label,fold",
            "s1,t0.wav," + quoted(first) + ",x",
            "s2,t1.wav," + quoted(other(second)) + ",y",
            "s2,none.wav,joy,y");
    Path output = folder.resolve("metrics.json");
    Path predictions = folder.resolve("metrics-predictions.csv");
    Cli.Result result =
        Cli.run(
            "evaluate",
            manifest,
            "--model",
            tiny,
            "--output",
            output,
            "--predictions",
            predictions);
    assertEquals(1, result.code(), result.err());
    assertEquals(
        List.of("qieemo: " + folder.resolve("none.wav") + ": no such file"), result.errLines());
    Map<String, Object> report = StrictJson.object(Files.readString(output));
    assertEquals(2.0, report.get("scored"));
    assertEquals(1.0, report.get("failures"));
    assertEquals(Map.of("value", 0.5, "low", 0.0, "high", 1.0), report.get("wa"));
    assertEquals("speakers", object(report.get("bootstrap")).get("unit"));
    assertEquals(
        List.of(Map.of("line", 4.0, "file", "none.wav", "error", "no such file")),
        report.get("failed"));
    Map<?, ?> fold = object(((List<?>) report.get("folds")).get(1));
    assertEquals("y", fold.get("fold"));
    assertEquals(0.0, fold.get("wa"));
    checkPredictions(predictions, List.of(first, second));
  }

  private static void checkPredictions(Path file, List<String> heard) throws IOException {
    List<CsvRecord> records = CsvReader.read(file.toString());
    List<String> header = new ArrayList<>(List.of("file", "label", "predicted"));
    TinyModel.LABELS.forEach(label -> header.add("score_" + label));
    assertEquals(header, records.get(0).fields());
    for (int i = 0; i < heard.size(); i++) {
      List<String> fields = records.get(i + 1).fields();
      assertEquals("t" + i + ".wav", fields.get(0));
      assertEquals(heard.get(i), fields.get(2));
      double sum = fields.subList(3, fields.size()).stream().mapToDouble(Double::valueOf).sum();
      assertEquals(1, sum, 1e-12);
    }
    assertEquals(List.of("none.wav", "joy", "", "", "", ""), records.get(3).fields());
  }

  @Test
  void textHasAnAlignedConfusionMatrix() throws IOException {
    Path manifest = manifest("text.csv", "file,label,speaker", "t0.wav,joy,s", "t1.wav,anger,s");
    Cli.Result result = Cli.run("evaluate", manifest, "--model", tiny);
    assertEquals(0, result.code(), result.err());
    List<String> lines = result.outLines();
    int header = indexOf(lines, "  true \\ predicted  anger  joy  sadness \"quoted\"");
    for (int row = 1; row <= 3; row++) {
      assertEquals(lines.get(header).length(), lines.get(header + row).length(), result.out());
    }
    indexOf(lines, "  no 95 % intervals: a bootstrap over speakers needs at least two");
    assertTrue(result.out().contains("split: not named"), result.out());
    assertTrue(result.out().contains("utterances: 2, of which 2 scored and 0 failed"));
  }

  private static int indexOf(List<String> lines, String line) {
    int index = lines.indexOf(line);
    assertTrue(index >= 0, line + "\nis not in\n" + String.join("\n", lines));
    return index;
  }

  @Test
  void eachRowIsHeardByItsOwnModelAndStaysInItsPlace() throws IOException {
    TinyModel.whole(folder.resolve("second.gguf"));
    Path manifest =
        manifest(
            "models.csv",
            "file,label,model",
            "t0.wav,joy,tiny.gguf",
            "t1.wav,joy,second.gguf",
            "t2.wav,joy,tiny.gguf",
            "t3.wav,joy,");
    Path predictions = folder.resolve("models-predictions.csv");
    Cli.Result json =
        Cli.run(
            "evaluate", manifest, "--format=json", "--model", tiny, "--predictions", predictions);
    assertEquals(0, json.code(), json.err());
    Map<String, Object> report = StrictJson.object(json.out());
    assertEquals(true, report.get("per_row_models"));
    List<Object> uses = new ArrayList<>();
    ((List<?>) report.get("models")).forEach(m -> uses.add(object(m).get("utterances")));
    assertEquals(4.0, uses.stream().mapToDouble(u -> (Double) u).sum());
    List<String> files =
        CsvReader.read(predictions.toString()).stream().map(r -> r.fields().get(0)).toList();
    assertEquals(List.of("file", "t0.wav", "t1.wav", "t2.wav", "t3.wav"), files);
    Cli.Result text = Cli.run("evaluate", manifest, "--model", tiny);
    assertTrue(text.out().contains("split: per-row models ("), text.out());
    Cli.Result named = Cli.run("evaluate", manifest, "--model", tiny, "--split", "LOSO");
    assertTrue(named.out().contains("split: LOSO, per-row models ("), named.out());
  }

  @Test
  void everythingThatFailsIsStillAReport() throws IOException {
    Path manifest = manifest("gone.csv", "file,label", "none.wav,joy", "nothing.wav,joy");
    Cli.Result json = Cli.run("evaluate", manifest, "--model", tiny, "--format=json");
    assertEquals(1, json.code());
    assertEquals("", json.err());
    Map<String, Object> report = StrictJson.object(json.out());
    assertEquals(null, object(report.get("ua")).get("value"));
    assertEquals(null, report.get("real_time_factor"));
    assertEquals(2, ((List<?>) report.get("failed")).size());
    Cli.Result text = Cli.run("evaluate", manifest, "--model", tiny);
    assertEquals(1, text.code());
    assertFalse(text.out().contains("NaN"), text.out());
  }

  @Test
  void unknownLabelsNameTheModels() throws IOException {
    Path manifest = manifest("label.csv", "file,label", "t0.wav,joy", "t1.wav,glee");
    Cli.Result result = Cli.run("evaluate", manifest, "--model", tiny);
    assertEquals(1, result.code());
    assertEquals("", result.out());
    assertEquals(
        "qieemo: "
            + manifest
            + ": line 3: label 'glee' is none of the model's: anger, joy or sadness \"quoted\"\n",
        result.err());
  }

  @Test
  void modelsThatDoNotFitNameTheirLine() throws IOException {
    TinyModel.withoutEmotion(folder.resolve("encoder.gguf"));
    for (String model : List.of("none.gguf", "encoder.gguf")) {
      Path manifest =
          manifest("bad.csv", "file,label,model", "t0.wav,joy,tiny.gguf", "t1.wav,joy," + model);
      Cli.Result result = Cli.run("evaluate", manifest);
      assertEquals(1, result.code());
      assertEquals("", result.out());
      assertEquals(1, result.errLines().size(), result.err());
      String start = "qieemo: " + manifest + ": line 3: model " + folder.resolve(model) + ": ";
      assertTrue(result.err().startsWith(start), result.err());
    }
    Path mixed = manifest("mixed.csv", "file,label,model", "t0.wav,anger,tiny.gguf", "t1.wav,joy,");
    String error = Cli.run("evaluate", mixed).err();
    assertTrue(error.contains("line 3: one evaluation needs models with the same labels"), error);
  }

  @Test
  void whatCannotBeWrittenIsSaidBeforeTheWork() throws IOException {
    Path manifest = manifest("out.csv", "file,label", "t0.wav,joy");
    Path nowhere = folder.resolve("no-folder/x.json");
    Cli.Result result = Cli.run("evaluate", manifest, "--model", tiny, "--output", nowhere);
    assertEquals(1, result.code());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("qieemo: " + nowhere + ": "), result.err());
    Cli.Result over = Cli.run("evaluate", manifest, "--model", tiny, "--predictions", manifest);
    assertEquals(1, over.code());
    assertTrue(over.err().contains("is the manifest already"), over.err());
    assertEquals("file,label", Files.readAllLines(manifest).get(0));
    Path both = folder.resolve("both");
    Cli.Result twice =
        Cli.run("evaluate", manifest, "--model", tiny, "--output", both, "--predictions", both);
    assertTrue(twice.err().contains("is --output already"), twice.err());
    assertEquals(1, Cli.run("evaluate", folder.resolve("none.csv")).code());
  }

  @Test
  void progressIsToldOnRequestOnly() throws IOException {
    Path manifest = manifest("progress.csv", "file,label", "t0.wav,joy", "t1.wav,joy");
    assertEquals("", Cli.run("evaluate", manifest, "--model", tiny).err());
    Cli.Result result = Cli.run("evaluate", manifest, "--model", tiny, "--progress");
    assertEquals(2, result.errLines().size(), result.err());
    assertTrue(
        result
            .errLines()
            .get(1)
            .matches(
                "qieemo: 2 of 2 files, [0-9.]+ h of audio, [0-9.]+ files/s, \\d+ times real time, 0:00 left"),
        result.err());
  }
}

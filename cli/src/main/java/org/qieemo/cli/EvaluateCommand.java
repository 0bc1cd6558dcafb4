package org.qieemo.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.qieemo.converter.output.AtomicFile;

/** {@code qieemo evaluate}; the keys of its JSON are explained at {@link EvaluationJson}. */
final class EvaluateCommand implements Command {
  private static final Option FORMAT =
      Option.choice("--format", "how the report is printed; default: text", "text", "json");
  private static final Option OUTPUT =
      Option.text("--output", "F.json", "also write the report as JSON to this file");
  private static final Option PREDICTIONS =
      Option.text("--predictions", "F.csv", "write file, label, predicted and scores of each row");
  private static final Option SPLIT =
      Option.text("--split", "TEXT", "name of the data and its split, recorded in the report");
  private static final Option PROGRESS =
      Option.flag("--progress", "tell how far it is, even if standard error is no terminal");

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "evaluate",
        "Measures how often a model is right, on recordings with known labels",
        "MANIFEST.csv",
        1,
        1,
        List.of(
            ModelOptions.MODEL,
            FORMAT,
            OUTPUT,
            PREDICTIONS,
            SPLIT,
            PROGRESS,
            ModelOptions.THREADS,
            ModelOptions.BACKEND,
            ModelOptions.DEVICE,
            ModelOptions.PRECISION),
        NOTES,
        List.of(
            "qieemo evaluate test.csv --split 'my recordings, speakers 7 to 9'",
            "qieemo evaluate leave-one-speaker-out.csv --output report.json --predictions all.csv",
            "qieemo evaluate --model my-model.gguf --format json test.csv | jq .ua.value"));
  }

  private static final List<String> NOTES =
      List.of(
          "MANIFEST.csv: a header line with the columns file and label and, if there are, speaker,",
          "fold and model; others are ignored. UTF-8, comma-separated, quoted as in RFC 4180. Files",
          "(WAV) and models are relative to its folder; capitals in labels do not matter. A row",
          "with a model is classified by that model file, for leave-one-speaker-out, say.",
          "A file that fails is reported and left out of the metrics; the exit code is 1 then.",
          "",
          "WA: part that is right. UA: mean of the recalls of the classes that occur. macro-F1: mean",
          "of the F1 of the classes that occur or are predicted. A class never predicted has",
          "precision 0. Intervals: 95 %, percentile bootstrap over speakers (utterances without a",
          "speaker column), 2000 rounds, fixed seed; none with one speaker.",
          "",
          "JSON: schema, date, qieemo, manifest, split, per_row_models, models [model, name, license,",
          "description, author, utterances], backend {name, description}, utterances, failures,",
          "scored, audio_seconds, processing_seconds, real_time_factor (processing by audio), wa, ua,",
          "macro_f1 {value, low, high}, bootstrap {unit, units, rounds, seed, level}, labels, classes",
          "[label, recall, precision, f1, support, predicted], confusion (rows true, columns",
          "predicted), folds [fold, scored, wa, ua, macro_f1], failed [line, file, error]. What is",
          "not defined is null.");

  @Override
  public int run(Arguments arguments, Console console) throws IOException {
    Manifest manifest = Manifest.read(arguments.operands().get(0));
    requireWritable(arguments);
    EvaluationPlan plan = EvaluationPlan.of(manifest, arguments);
    boolean json = arguments.get(FORMAT.name(), "text").equals("json");
    EvaluationRun.Result result =
        EvaluationRun.run(plan, arguments, console, arguments.has(PROGRESS.name()), json);
    EvaluationReport report = EvaluationReport.of(plan, arguments.get(SPLIT.name(), null), result);
    try {
      writeFiles(arguments, report);
    } finally { // hours of work may be in it
      print(report, json, console);
    }
    return report.failures().isEmpty() ? OK : FAILED;
  }

  /** Before hours of work. */
  private static void requireWritable(Arguments arguments) throws FileFailure {
    Map<Path, String> used = new TreeMap<>();
    used.put(key(arguments.operands().get(0)), "the manifest");
    for (Option option : List.of(OUTPUT, PREDICTIONS)) {
      String file = arguments.get(option.name(), null);
      if (file == null) {
        continue;
      }
      try {
        AtomicFile.requireWritable(Path.of(file));
      } catch (IOException | RuntimeException e) {
        throw new FileFailure(file, e);
      }
      String other = used.put(key(file), option.name());
      if (other != null) {
        throw new FileFailure(option.name() + " " + file + ": is " + other + " already");
      }
    }
  }

  private static Path key(String file) {
    return Path.of(file).toAbsolutePath().normalize();
  }

  private static void print(EvaluationReport report, boolean json, Console console) {
    if (json) {
      console.json(EvaluationJson.write(report));
    } else {
      EvaluationText.lines(report).forEach(console::line);
    }
  }

  private static void writeFiles(Arguments arguments, EvaluationReport report) throws FileFailure {
    if (arguments.has(PREDICTIONS.name())) {
      write(arguments.get(PREDICTIONS.name(), ""), out -> predictions(report, out));
    }
    if (arguments.has(OUTPUT.name())) {
      write(
          arguments.get(OUTPUT.name(), ""),
          out -> out.write((EvaluationJson.write(report) + "\n").getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static void write(String file, AtomicFile.Content content) throws FileFailure {
    try {
      AtomicFile.write(Path.of(file), content);
    } catch (IOException | RuntimeException e) {
      throw new FileFailure(file, e);
    }
  }

  /** Files as in the manifest, labels as in the model; a file that failed has empty fields. */
  private static void predictions(EvaluationReport report, OutputStream out) throws IOException {
    List<String> labels = report.plan().labels();
    List<String> header = new ArrayList<>(List.of("file", "label", "predicted"));
    labels.forEach(label -> header.add("score_" + label));
    out.write(CsvWriter.line(header).getBytes(StandardCharsets.UTF_8));
    for (Outcome outcome : report.outcomes()) {
      String predicted = outcome.isFailed() ? "" : outcome.predicted();
      List<String> fields =
          new ArrayList<>(List.of(outcome.row().file(), outcome.truth(), predicted));
      for (String label : labels) {
        fields.add(outcome.isFailed() ? "" : String.valueOf(outcome.scores().get(label)));
      }
      out.write(CsvWriter.line(fields).getBytes(StandardCharsets.UTF_8));
    }
  }
}

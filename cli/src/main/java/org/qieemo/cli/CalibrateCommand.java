package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.qieemo.ClassPrior;
import org.qieemo.DecisionOptions;
import org.qieemo.EmbeddedModel;
import org.qieemo.converter.ModelCopy;
import org.qieemo.converter.output.AtomicFile;
import org.qieemo.weights.GgufFile;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelConfig;
import org.qieemo.weights.ModelFile;

/** {@code qieemo calibrate}; the keys of its JSON are explained in docs/output.md. */
final class CalibrateCommand implements Command {
  private static final Option FORMAT =
      Option.choice("--format", "how the report is printed; default: text", "text", "json");
  private static final Option OUTPUT =
      Option.text("--output", "M2.gguf", "the model file to write; one that exists is replaced")
          .needed();

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "calibrate",
        "Fits a model's temperature, so that its probabilities say how often it is right",
        "MANIFEST.csv --output M2.gguf",
        1,
        1,
        List.of(
            OUTPUT,
            ModelOptions.MODEL,
            FORMAT,
            EvaluateCommand.PROGRESS,
            ModelOptions.THREADS,
            ModelOptions.BACKEND,
            ModelOptions.DEVICE),
        List.of(
            "MANIFEST.csv is as for 'qieemo evaluate', and must be of recordings, best of speakers,",
            "that the model has not learned from. M2.gguf is the model of --model with another",
            "temperature, all else byte for byte; answers stay the same unless a prior is taken off.",
            "A manifest with a model column takes each row's answer from that model (those of a",
            "leave-one-speaker-out run, say) and writes the temperature to a copy of --model.",
            "NLL: mean negative log-likelihood of the true label, which the temperature makes least.",
            "ECE: expected calibration error, 15 bins of equal width. With a speaker column, both are",
            "also given for each speaker at the temperature that all the others give: the figures",
            "that other voices may expect.",
            "A file that fails is reported and left out; the exit code is 1 then."),
        List.of(
            "qieemo calibrate held-out.csv --model my-model.gguf --output my-model-calibrated.gguf",
            "qieemo calibrate leave-one-speaker-out.csv --model all.gguf --output all.gguf",
            "qieemo calibrate mine.csv --output embedded-on-my-voices.gguf --format json"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws IOException {
    Manifest manifest = Manifest.read(arguments.operands().get(0));
    Path output = Path.of(arguments.get(OUTPUT.name(), ""));
    requireWritable(output);
    String path = arguments.get(ModelOptions.MODEL.name(), null);
    GgufFile model = read(path);
    ModelConfig config = config(path, model);
    EvaluationPlan plan = EvaluationPlan.of(manifest, arguments);
    requireSameLabels(plan, path, config);
    boolean json = arguments.get(FORMAT.name(), "text").equals("json");
    DecisionOptions noPrior = DecisionOptions.DEFAULT.withPrior(ClassPrior.UNIFORM);
    EvaluationRun.Manner manner =
        new EvaluationRun.Manner(arguments.has(EvaluateCommand.PROGRESS.name()), json, noPrior);
    EvaluationRun.Result result = EvaluationRun.run(plan, arguments, console, manner);
    CalibrationReport report = CalibrationReport.of(plan, config.fusion(), result.outcomes());
    long bytes = write(model, (float) report.temperature(), output);
    if (json) {
      console.json(report.json(ModelOptions.name(path), output.toString()));
    } else {
      report.lines(ModelOptions.name(path)).forEach(console::line);
      console.line("written: " + output + ", " + Text.bytes(bytes));
    }
    return report.failures() == 0 ? OK : FAILED;
  }

  /** Before hours of work. */
  private static void requireWritable(Path output) throws FileFailure {
    try {
      AtomicFile.requireWritable(output);
    } catch (IOException | RuntimeException e) {
      throw new FileFailure(output.toString(), e);
    }
  }

  private static GgufFile read(String path) throws FileFailure {
    try {
      return path == null ? EmbeddedModel.read() : GgufReader.read(Path.of(path));
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw new FileFailure(ModelOptions.name(path), e);
    }
  }

  private static ModelConfig config(String path, GgufFile model) throws FileFailure {
    ModelConfig config;
    try {
      config = ModelFile.of(model).config();
    } catch (IOException e) {
      throw new FileFailure(ModelOptions.name(path), e);
    }
    if (config.fusion() == null) {
      throw new FileFailure(
          ModelOptions.name(path) + ": the model has no emotion head, hence no temperature");
    }
    return config;
  }

  private static void requireSameLabels(EvaluationPlan plan, String path, ModelConfig config)
      throws FileFailure {
    List<String> labels = config.fusion().labels();
    if (!labels.stream().sorted().toList().equals(plan.labels().stream().sorted().toList())) {
      throw new FileFailure(
          ModelOptions.name(path)
              + ": its labels "
              + String.join(", ", labels)
              + " are not those of the manifest's models, "
              + String.join(", ", plan.labels()));
    }
  }

  private static long write(GgufFile model, float temperature, Path output) throws FileFailure {
    try {
      return ModelCopy.withTemperature(model, temperature, output);
    } catch (IOException | RuntimeException e) {
      throw new FileFailure(output.toString(), e);
    }
  }
}

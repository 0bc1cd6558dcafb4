package org.qieemo.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.qieemo.DecisionOptions;
import org.qieemo.EmotionRecognizer;

/** {@code qieemo classify}. */
final class ClassifyCommand implements Command {
  private static final Option FORMAT =
      Option.choice(
          "--format", "how results are printed; default: text", "text", "json", "jsonl", "csv");

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "classify",
        "Names the emotion that each voice recording carries",
        "FILE...",
        0,
        Integer.MAX_VALUE,
        options(),
        List.of(
            "FILE is a WAV file or a folder, of which all audio is heard, a file per core; results",
            "appear in the order of the files (in a folder: of their names), each as soon as it is",
            "known. A file that fails is reported and the others go on; the exit code is 1 then.",
            "csv: a row per file with file, duration, label, confidence, a column per label, error.",
            "--output with --resume: a run that was interrupted goes on where it stopped; of a timeline,",
            "the recording that it was at is heard again and continues what stands there.",
            "jsonl: one object per file and line, with schema, file, duration, label, confidence,",
            "scores and backend, or file and error. json: the same objects as one array.",
            "An answer that --unknown-below refuses is 'unknown'; its scores are printed.",
            "--timeline cuts each file in time: overlapping windows whose answers are averaged, or",
            "speech between pauses. Silence is marked as such.",
            "FILE may be '-': standard input, WAV or raw samples, heard as they arrive; every --hop",
            "the answer for the last --window. docs/output.md describes the JSON."),
        List.of(
            "qieemo classify voice.wav",
            "qieemo classify --format jsonl recordings/*.wav > emotions.jsonl",
            "qieemo classify archive/ --format csv --output emotions.csv --resume",
            "qieemo classify --labels anger,neutral --unknown-below 0.6 --top 1 voice.wav",
            "qieemo classify --timeline --segments speech --format csv call.wav > call.csv",
            "arecord -f S16_LE -r 16000 | qieemo classify -",
            "qieemo classify --model my-model.gguf --threads 2 a.wav b.wav"));
  }

  private static List<Option> options() {
    List<Option> options = new ArrayList<>(List.of(ModelOptions.MODEL, FORMAT));
    options.addAll(Inputs.ALL);
    options.addAll(ArchiveCommand.ALL);
    options.addAll(AnswerOptions.ALL);
    options.addAll(TimelineFlags.ALL);
    options.addAll(LiveInput.ALL);
    options.addAll(ModelOptions.RUN);
    return List.copyOf(options);
  }

  @Override
  public int run(Arguments arguments, Console console) throws IOException, UsageException {
    boolean live = arguments.operands().contains(LiveInput.OPERAND);
    boolean timeline = arguments.has(TimelineFlags.TIMELINE.name());
    check(arguments, live, timeline);
    Inputs inputs = live ? new Inputs(arguments.operands(), false) : Inputs.of(arguments);
    String model = arguments.get(ModelOptions.MODEL.name(), null);
    int threads = ModelOptions.threads(arguments);
    int perCall =
        live || timeline ? threads : ArchiveCommand.threadsPerCall(inputs.files().size(), threads);
    try (EmotionRecognizer recognizer =
        ModelOptions.open(arguments, inputs.files(), perCall, console)) {
      if (!recognizer.canClassify()) {
        throw new FileFailure(
            ModelOptions.name(model)
                + ": the model has no emotion head and cannot classify; see 'qieemo inspect'");
      }
      DecisionOptions options = AnswerOptions.of(arguments, recognizer);
      if (live) {
        return LiveRun.run(arguments, console, recognizer, options);
      }
      if (timeline) {
        return new TimelineCommand(arguments, inputs, console).run(recognizer, options);
      }
      return new ArchiveCommand(arguments, inputs, console)
          .run(
              recognizer,
              options,
              threads,
              to -> printer(arguments, inputs, to, recognizer, options));
    }
  }

  private static void check(Arguments arguments, boolean live, boolean timeline)
      throws UsageException {
    if (live) {
      requireAlone(arguments);
    } else {
      LiveInput.refuse(arguments);
    }
    if (!live && !timeline) {
      TimelineFlags.refuse(arguments);
      if (arguments.get("--format", "").equals("csv") && AnswerOptions.top(arguments) > 0) {
        throw new UsageException("--top is for text and JSON: csv has a column per label");
      }
    }
    ArchiveCommand.check(arguments, live);
  }

  private static void requireAlone(Arguments arguments) throws UsageException {
    if (arguments.operands().size() > 1) {
      throw new UsageException("standard input '-' stands alone, without other files");
    }
  }

  private static EmotionPrinter printer(
      Arguments arguments,
      Inputs inputs,
      Console console,
      EmotionRecognizer recognizer,
      DecisionOptions options) {
    String backend = recognizer.backend().name();
    int top = AnswerOptions.top(arguments);
    return switch (arguments.get("--format", "text")) {
      case "json" -> new JsonEmotions(console, backend, true, top);
      case "jsonl" -> new JsonEmotions(console, backend, false, top);
      case "csv" -> new CsvEmotions(console, recognizer.labels(options));
      default -> new TextEmotions(console, inputs.files(), recognizer.labels(options), top);
    };
  }
}

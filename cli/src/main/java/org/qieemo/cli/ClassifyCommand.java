package org.qieemo.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.qieemo.Audio;
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
        1,
        Integer.MAX_VALUE,
        options(),
        List.of(
            "FILE is a WAV file; results appear in the order of the files, each as soon as it is",
            "known. A file that fails is reported and the others go on; the exit code is 1 then.",
            "jsonl: one object per file and line, with schema, file, duration, label, confidence,",
            "scores and backend, or file and error. json: the same objects as one array.",
            "An answer that --unknown-below refuses is 'unknown'; its scores are printed.",
            "--timeline cuts each file in time: overlapping windows whose answers are averaged, or",
            "speech between pauses. Silence is marked as such. Also as csv.",
            "FILE may be '-': standard input, WAV or raw samples, heard as they arrive; every --hop",
            "the answer for the last --window. docs/output.md describes the JSON."),
        List.of(
            "qieemo classify voice.wav",
            "qieemo classify --format jsonl recordings/*.wav > emotions.jsonl",
            "qieemo classify --labels anger,neutral --unknown-below 0.6 --top 1 voice.wav",
            "qieemo classify --timeline --segments speech --format csv call.wav > call.csv",
            "arecord -f S16_LE -r 16000 | qieemo classify -",
            "qieemo classify --model my-model.gguf --threads 2 a.wav b.wav"));
  }

  private static List<Option> options() {
    List<Option> options = new ArrayList<>(List.of(ModelOptions.MODEL, FORMAT));
    options.addAll(AnswerOptions.ALL);
    options.addAll(TimelineFlags.ALL);
    options.addAll(LiveInput.ALL);
    options.addAll(List.of(ModelOptions.THREADS, ModelOptions.BACKEND));
    return List.copyOf(options);
  }

  @Override
  public int run(Arguments arguments, Console console) throws IOException, UsageException {
    try (EmotionRecognizer recognizer = ModelOptions.open(arguments)) {
      if (!recognizer.canClassify()) {
        throw new FileFailure(
            arguments.get("--model", "embedded model")
                + ": the model has no emotion head and cannot classify; see 'qieemo inspect'");
      }
      DecisionOptions options = AnswerOptions.of(arguments, recognizer);
      if (arguments.operands().contains(LiveInput.OPERAND)) {
        requireAlone(arguments);
        return LiveRun.run(arguments, console, recognizer, options);
      }
      LiveInput.refuse(arguments);
      if (arguments.has(TimelineFlags.TIMELINE.name())) {
        return TimelineRun.run(arguments, console, recognizer, options);
      }
      TimelineFlags.refuse(arguments);
      EmotionPrinter printer = printer(arguments, console, recognizer, options);
      printer.begin();
      int code = Batch.run(arguments.operands(), console, work(recognizer, options, printer));
      printer.end();
      return code;
    }
  }

  private static void requireAlone(Arguments arguments) throws UsageException {
    if (arguments.operands().size() > 1) {
      throw new UsageException("standard input '-' stands alone, without other files");
    }
  }

  private static EmotionPrinter printer(
      Arguments arguments, Console console, EmotionRecognizer recognizer, DecisionOptions options) {
    String backend = recognizer.backend().name();
    int top = AnswerOptions.top(arguments);
    return switch (arguments.get("--format", "text")) {
      case "json" -> new JsonEmotions(console, backend, true, top);
      case "jsonl" -> new JsonEmotions(console, backend, false, top);
      default -> new TextEmotions(console, arguments.operands(), recognizer.labels(options), top);
    };
  }

  private static Batch.Work work(
      EmotionRecognizer recognizer, DecisionOptions options, EmotionPrinter printer) {
    return new Batch.Work() {
      @Override
      public void on(String file, Audio audio) {
        printer.emotion(file, recognizer.classify(audio, options));
      }

      @Override
      public void failed(String file, String reason) {
        printer.failure(file, reason);
      }
    };
  }
}

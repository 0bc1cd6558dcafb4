package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.qieemo.DecisionOptions;
import org.qieemo.EmotionRecognizer;
import org.qieemo.TimelineOptions;

/** {@code qieemo classify --timeline}: files one after the other, each read block by block. */
final class TimelineRun {
  private final EmotionRecognizer recognizer;
  private final TimelineOptions options;
  private final TimelinePrinter printer;
  private final boolean words;

  private TimelineRun(
      EmotionRecognizer recognizer,
      TimelineOptions options,
      TimelinePrinter printer,
      boolean words) {
    this.recognizer = recognizer;
    this.options = options;
    this.printer = printer;
    this.words = words;
  }

  /**
   * Goes through the files.
   *
   * @return the exit code
   */
  static int run(
      Arguments arguments,
      List<String> files,
      Console console,
      EmotionRecognizer recognizer,
      DecisionOptions decision)
      throws UsageException {
    TimelineOptions options = TimelineFlags.of(arguments, TimelineOptions.DEFAULT, decision);
    boolean words = arguments.has(TimelineFlags.WORDS.name());
    requireFitting(recognizer, options, words);
    TimelinePrinter printer = printer(arguments, console, recognizer, decision, files.size() > 1);
    TimelineRun run = new TimelineRun(recognizer, options, printer, words);
    printer.begin();
    int code = Batch.runPaths(files, console, run::file, (file, reason) -> printer.failure(reason));
    printer.end();
    return code;
  }

  /** Refuses options that the model cannot follow. */
  static void requireFitting(EmotionRecognizer recognizer, TimelineOptions options, boolean words)
      throws UsageException {
    if (words && !recognizer.canTranscribe()) {
      throw new UsageException("--words needs a model with a CTC head; see 'qieemo inspect'");
    }
    try {
      recognizer.stream(16_000, options).close();
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** Prints in the format that the command line names. */
  static TimelinePrinter printer(
      Arguments arguments,
      Console console,
      EmotionRecognizer recognizer,
      DecisionOptions decision,
      boolean named) {
    int top = AnswerOptions.top(arguments);
    List<String> labels = recognizer.labels(decision);
    boolean words = arguments.has(TimelineFlags.WORDS.name());
    return switch (arguments.get("--format", "text")) {
      case "json" -> new JsonTimeline(console, recognizer.backend().name(), top);
      case "jsonl" -> new JsonLinesTimeline(console, top);
      case "csv" -> new CsvTimeline(console, labels, words);
      default -> new TextTimeline(console, named, labels, top);
    };
  }

  private void file(String file) throws IOException {
    printer.file(file);
    Path path = Path.of(file);
    double seconds = recognizer.timeline(path, options, printer::segment);
    if (words) {
      recognizer.words(path, printer::word);
    }
    printer.endFile(seconds);
  }
}

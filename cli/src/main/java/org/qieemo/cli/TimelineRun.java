package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.qieemo.DecisionOptions;
import org.qieemo.EmotionRecognizer;
import org.qieemo.TimelineOptions;

/** The timeline of a file, read block by block. */
final class TimelineRun {
  private final EmotionRecognizer recognizer;
  private final TimelineOptions options;
  private final boolean words;

  TimelineRun(EmotionRecognizer recognizer, TimelineOptions options, boolean words) {
    this.recognizer = recognizer;
    this.options = options;
    this.words = words;
  }

  /**
   * Hears a file.
   *
   * @return its seconds
   */
  double file(String file, TimelinePrinter printer) throws IOException {
    printer.file(file);
    Inputs.requireNoFolder(file);
    Path path = Path.of(file);
    double seconds = recognizer.timeline(path, options, printer::segment);
    if (words) {
      recognizer.words(path, printer::word);
    }
    printer.endFile(seconds);
    return seconds;
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
}

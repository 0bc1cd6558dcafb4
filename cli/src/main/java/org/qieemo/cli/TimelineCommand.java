package org.qieemo.cli;

import java.io.IOException;
import java.util.List;
import org.qieemo.DecisionOptions;
import org.qieemo.EmotionRecognizer;
import org.qieemo.TimelineOptions;

/** {@code qieemo classify --timeline} of files, folders and lists: in order, to be continued. */
final class TimelineCommand {
  private final Arguments arguments;
  private final Inputs inputs;
  private final Console console;
  private final String output; // null for standard output
  private final ArchiveSummary summary = new ArchiveSummary();

  TimelineCommand(Arguments arguments, Inputs inputs, Console console) {
    this.arguments = arguments;
    this.inputs = inputs;
    this.console = console;
    output = arguments.get(ArchiveCommand.OUTPUT.name(), null);
  }

  /**
   * Runs.
   *
   * @return the exit code
   */
  int run(EmotionRecognizer recognizer, DecisionOptions decision)
      throws IOException, UsageException {
    TimelineOptions options = TimelineFlags.of(arguments, TimelineOptions.DEFAULT, decision);
    boolean words = arguments.has(TimelineFlags.WORDS.name());
    TimelineRun.requireFitting(recognizer, options, words);
    TimelineRun run = new TimelineRun(recognizer, options, words);
    if (output == null) {
      TimelinePrinter printer = printer(console, recognizer, decision);
      printer.begin();
      int code = hear(run, inputs.files(), printer);
      if (inputs.archive()) {
        console.note(summary.line(0));
      }
      return code;
    }
    boolean resume = arguments.has(ArchiveCommand.RESUME.name());
    TimelineRows rows =
        new TimelineRows(
            output,
            arguments.get("--format", "").equals("csv"),
            inputs.files(),
            into -> printer(into, recognizer, decision));
    try (ResultFile file =
        resume ? ResultFile.resume(output, rows::line) : ResultFile.create(output)) {
      return continued(run, rows, file, printer(console.into(file.out()), recognizer, decision));
    }
  }

  private int continued(
      TimelineRun run, TimelineRows rows, ResultFile file, TimelinePrinter printer)
      throws IOException {
    if (rows.again() >= 0) {
      file.repeatFrom(rows.again());
    }
    if (rows.isEmpty()) {
      printer.begin();
    }
    try {
      int code = hear(run, rows.left(), printer);
      file.end();
      console.note(summary.line(rows.kept()));
      return rows.keptFailed() ? Command.FAILED : code;
    } catch (OutputException e) {
      throw file.failure();
    }
  }

  private TimelinePrinter printer(
      Console into, EmotionRecognizer recognizer, DecisionOptions decision) {
    boolean named = inputs.files().size() > 1;
    return TimelineRun.printer(arguments, into, recognizer, decision, named);
  }

  private int hear(TimelineRun run, List<String> files, TimelinePrinter printer) {
    Progress progress = new Progress(console, false, files.size());
    int code =
        Batch.runPaths(
            files,
            console,
            file -> {
              double seconds = run.file(file, printer);
              summary.heard(seconds);
              progress.file(seconds);
            },
            (file, reason) -> {
              printer.failure(reason);
              summary.failed();
              progress.file(0);
            });
    progress.end();
    printer.end();
    return code;
  }
}

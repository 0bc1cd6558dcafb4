package org.qieemo.cli;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.qieemo.DecisionOptions;
import org.qieemo.EmotionRecognizer;

/** {@code qieemo classify} of files, folders and lists: parallel, in order, to be continued. */
final class ArchiveCommand {
  static final Option OUTPUT =
      Option.text("--output", "FILE", "write the results there instead of standard output");
  static final Option RESUME =
      Option.flag("--resume", "continue the --output (csv, jsonl) of a run that was interrupted");

  /** All of them. */
  static final List<Option> ALL = List.of(OUTPUT, RESUME);

  private static final String CPU = "cpu";

  private final Console console;
  private final Inputs inputs;
  private final String output; // null for standard output
  private final boolean resume;
  private final String format;
  private final ArchiveSummary summary = new ArchiveSummary();

  ArchiveCommand(Arguments arguments, Inputs inputs, Console console) {
    this.console = console;
    this.inputs = inputs;
    output = arguments.get(OUTPUT.name(), null);
    resume = arguments.has(RESUME.name());
    format = arguments.get("--format", "text");
  }

  /**
   * Refuses options that make no sense together.
   *
   * @param live whether standard input is heard
   */
  static void check(Arguments arguments, boolean live) throws UsageException {
    boolean lines = arguments.get("--format", "text").matches("csv|jsonl");
    boolean output = arguments.has(OUTPUT.name());
    if (live && (output || arguments.has(RESUME.name()))) {
      throw new UsageException("--output and --resume are for files, not for standard input");
    }
    if (arguments.has(RESUME.name()) && !(output && lines)) {
      throw new UsageException("--resume needs --output and --format csv or jsonl");
    }
  }

  /** CPU threads of one call, where so many files are heard at a time; see {@link #workers}. */
  static int threadsPerCall(int files, int threads) {
    return Math.max(1, threads / Math.max(1, files));
  }

  /** Files that are heard at a time: one per thread on the CPU, one by one elsewhere. */
  private int workers(EmotionRecognizer recognizer, int threads) {
    boolean cpu = recognizer.backend().name().equals(CPU);
    return cpu ? Math.max(1, Math.min(threads, inputs.files().size())) : 1;
  }

  /**
   * Runs.
   *
   * @param threads in all
   * @param printers prints in the format asked for
   * @return the exit code
   */
  int run(
      EmotionRecognizer recognizer,
      DecisionOptions options,
      int threads,
      Function<Console, EmotionPrinter> printers)
      throws IOException {
    ArchiveRun run = new ArchiveRun(recognizer, options, workers(recognizer, threads));
    if (output == null) {
      return print(run, inputs.files(), printers.apply(console), true, 0);
    }
    ArchiveRows rows = new ArchiveRows(output, format.equals("csv"), inputs.files(), printers);
    try (ResultFile file =
        resume ? ResultFile.resume(output, rows::line) : ResultFile.create(output)) {
      rows.verify(run);
      EmotionPrinter printer = printers.apply(console.into(file.out()));
      try {
        int code = print(run, rows.left(), printer, rows.isEmpty(), rows.kept());
        return rows.keptFailed() > 0 ? Command.FAILED : code;
      } catch (OutputException e) {
        throw file.failure();
      }
    }
  }

  private int print(
      ArchiveRun run, List<String> files, EmotionPrinter printer, boolean begin, int kept) {
    Progress progress = new Progress(console, false, files.size());
    if (begin) {
      printer.begin();
    }
    run.run(
        files,
        heard -> {
          ArchiveRows.print(printer, heard);
          if (heard.failure() != null) {
            console.trace(heard.failure());
          }
          if (heard.emotion() == null) {
            summary.failed();
          } else {
            summary.heard(heard.emotion().seconds());
            summary.label(heard.emotion().label());
          }
          progress.file(heard.emotion() == null ? 0 : heard.emotion().seconds());
        });
    progress.end();
    printer.end();
    if (inputs.archive() || output != null) {
      console.note(summary.line(kept));
    }
    return summary.anyFailed() ? Command.FAILED : Command.OK;
  }
}

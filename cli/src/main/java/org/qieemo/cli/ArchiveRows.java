package org.qieemo.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The lines of a result file, and whether those of an earlier run are its first ones. The last good
 * row of the earlier run is computed again: a row that comes out differently was made by another
 * model or other options.
 */
final class ArchiveRows {
  private final String output;
  private final RowFormat format;
  private final List<String> files;
  private final Function<Console, EmotionPrinter> printers;
  private int lines;
  private int kept;
  private int keptFailed;
  private String lastGood; // a whole row
  private String lastGoodFile;

  /**
   * For a run over files.
   *
   * @param output the result file's name, for messages
   * @param csv CSV with a header, or JSON lines
   * @param printers prints rows in that format
   */
  ArchiveRows(
      String output, boolean csv, List<String> files, Function<Console, EmotionPrinter> printers) {
    this.output = output;
    format = new RowFormat(csv, JsonEmotions.SCHEMA);
    this.files = files;
    this.printers = printers;
  }

  /** Takes a line of the earlier run. */
  void line(int number, long offset, String text) throws FileFailure {
    lines = number;
    if (format.csv() && number == 1) {
      require(text.equals(text(EmotionPrinter::begin)), number, "is not the header of this model");
      return;
    }
    require(kept < files.size(), number, "follows the last of the files");
    String file = files.get(kept);
    require(text.startsWith(format.beginning(file)), number, "is not about " + file);
    kept++;
    if (format.failed(text, file)) {
      keptFailed++;
    } else {
      lastGood = text;
      lastGoodFile = file;
    }
  }

  private void require(boolean right, int number, String wrong) throws FileFailure {
    RowFormat.require(right, output, number, wrong);
  }

  /** Computes the last good row again. */
  void verify(ArchiveRun run) throws FileFailure {
    if (lastGood != null) {
      ArchiveRun.Heard heard = run.hear(lastGoodFile);
      String again = text(printer -> print(printer, heard));
      if (!again.equals(lastGood)) {
        throw new FileFailure(
            Text.oneLine(output + ": the row of " + lastGoodFile)
                + " comes out differently now (other model, options, kernels or audio?): use the"
                + " same as before, or delete it");
      }
    }
  }

  /** Prints a result. */
  static void print(EmotionPrinter printer, ArchiveRun.Heard heard) {
    if (heard.failure() == null) {
      printer.emotion(heard.file(), heard.emotion());
    } else {
      printer.failure(heard.file(), Text.oneLine(Failures.reason(heard.failure())));
    }
  }

  private String text(Consumer<EmotionPrinter> work) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    work.accept(printers.apply(new Console(out, out, false)));
    return bytes.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  /** Whether it has written nothing, not even a header. */
  boolean isEmpty() {
    return lines == 0;
  }

  /** Rows of the earlier run. */
  int kept() {
    return kept;
  }

  /** Those of them that say that a file failed. */
  int keptFailed() {
    return keptFailed;
  }

  /** The files that it has not come to. */
  List<String> left() {
    return files.subList(kept, files.size());
  }
}

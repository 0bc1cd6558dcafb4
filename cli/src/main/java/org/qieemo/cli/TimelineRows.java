package org.qieemo.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/**
 * The rows of timelines that an earlier run has written, and from which file on it is to be
 * continued: the last one that has rows, which may be all of its rows or not. It is heard again,
 * and its rows are compared with those that stand there.
 */
final class TimelineRows {
  private final String output;
  private final RowFormat format;
  private final List<String> files;
  private final String header; // of CSV
  private boolean empty = true;
  private int at; // the file of the last row
  private long again = -1; // where its rows begin; -1 without any row
  private boolean failed; // whether one of its rows says so
  private boolean keptFailed;

  /**
   * For a run over files.
   *
   * @param output the result file's name, for messages
   * @param csv CSV with a header, or JSON lines
   * @param printers prints rows in that format
   */
  TimelineRows(
      String output, boolean csv, List<String> files, Function<Console, TimelinePrinter> printers) {
    this.output = output;
    this.files = files;
    format = new RowFormat(csv, JsonLinesTimeline.SCHEMA);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    printers.apply(new Console(out, out, false)).begin();
    header = bytes.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  /** Takes a line of the earlier run. */
  void line(int number, long offset, String text) throws FileFailure {
    empty = false;
    if (format.csv() && number == 1) {
      require(text.equals(header), number, "is not the header of this model and these options");
      return;
    }
    if (again < 0 || !isAbout(at, text)) {
      int next = again < 0 ? 0 : following();
      require(next < files.size(), number, "follows the last of the files");
      require(isAbout(next, text), number, "is not about " + files.get(next));
      at = next;
      again = offset;
      keptFailed |= failed;
      failed = false;
    }
    failed |= format.failed(text, files.get(at));
  }

  private void require(boolean right, int number, String wrong) throws FileFailure {
    RowFormat.require(right, output, number, wrong);
  }

  private boolean isAbout(int file, String text) {
    return text.startsWith(format.beginning(files.get(file)));
  }

  /** A file that stands in the list twice running counts as one: its rows look the same. */
  private int following() {
    int next = at + 1;
    while (next < files.size() && files.get(next).equals(files.get(at))) {
      next++;
    }
    return next;
  }

  /** Whether not even a header stands there. */
  boolean isEmpty() {
    return empty;
  }

  /** Where, in bytes, the rows of the first file to be heard begin; -1 if it has none. */
  long again() {
    return again;
  }

  /** Files that the earlier run is done with. */
  int kept() {
    return at;
  }

  /** Whether one of them failed. */
  boolean keptFailed() {
    return keptFailed;
  }

  /** The files that are to be heard. */
  List<String> left() {
    return files.subList(at, files.size());
  }
}

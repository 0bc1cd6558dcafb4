package org.qieemo.cli;

import java.io.InputStream;
import java.io.PrintStream;

/** Where a command prints. Results are flushed line by line, so that they stream. */
final class Console {
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final boolean debug;
  private final boolean terminal;
  private int statusWidth; // of the unfinished line on a terminal

  Console(PrintStream out, PrintStream err, boolean debug) {
    this(out, err, debug, false);
  }

  Console(PrintStream out, PrintStream err, boolean debug, boolean terminal) {
    this(InputStream.nullInputStream(), out, err, debug, terminal);
  }

  Console(InputStream in, PrintStream out, PrintStream err, boolean debug, boolean terminal) {
    this.in = in;
    this.out = out;
    this.err = err;
    this.debug = debug;
    this.terminal = terminal;
  }

  /** Standard input. */
  InputStream in() {
    return in;
  }

  /** Whether somebody watches standard error. */
  boolean isTerminal() {
    return terminal;
  }

  /** How far the work is: a line that the next one replaces on a terminal. */
  synchronized void progress(String text) {
    String line = "qieemo: " + Text.oneLine(text);
    err.print(terminal ? "\r" + Text.pad(line, statusWidth) : line + "\n");
    err.flush();
    statusWidth = terminal ? line.length() : 0;
  }

  /** Wipes what {@link #progress} has left on a terminal. */
  synchronized void endProgress() {
    if (statusWidth > 0) {
      err.print("\r" + " ".repeat(statusWidth) + "\r");
      err.flush();
      statusWidth = 0;
    }
  }

  /**
   * Prints one line of results; control characters are made visible.
   *
   * @throws OutputException if nobody takes it
   */
  void line(String text) {
    json(Text.oneLine(text));
  }

  /** Prints one line of results as it is. */
  void json(String text) {
    endProgress();
    out.print(text + "\n");
    out.flush();
    if (out.checkError()) {
      throw new OutputException();
    }
  }

  /** The same, with results printed elsewhere. */
  Console into(PrintStream other) {
    return new Console(in, other, err, debug, terminal);
  }

  /** Prints one line about the run. */
  void note(String message) {
    error(message);
  }

  /** Prints one line about a problem. */
  synchronized void error(String message) {
    endProgress();
    err.print("qieemo: " + Text.oneLine(message) + "\n");
    err.flush();
  }

  /** Under {@code --debug}, prints where a failure comes from. */
  void trace(Throwable failure) {
    if (debug) {
      endProgress();
      failure.printStackTrace(err);
      err.flush();
    }
  }
}

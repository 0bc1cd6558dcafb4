package org.qieemo.cli;

import java.io.PrintStream;

/** Where a command prints. Results are flushed line by line, so that they stream. */
final class Console {
  private final PrintStream out;
  private final PrintStream err;
  private final boolean debug;

  Console(PrintStream out, PrintStream err, boolean debug) {
    this.out = out;
    this.err = err;
    this.debug = debug;
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
    out.print(text + "\n");
    out.flush();
    if (out.checkError()) {
      throw new OutputException();
    }
  }

  /** Prints one line about a problem. */
  void error(String message) {
    err.print("qieemo: " + Text.oneLine(message) + "\n");
    err.flush();
  }

  /** Under {@code --debug}, prints where a failure comes from. */
  void trace(Throwable failure) {
    if (debug) {
      failure.printStackTrace(err);
      err.flush();
    }
  }
}

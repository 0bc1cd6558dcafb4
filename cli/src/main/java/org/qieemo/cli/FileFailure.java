package org.qieemo.cli;

import java.io.IOException;

/** A failure that stops the command, with a complete one-line message. */
final class FileFailure extends IOException {
  private static final long serialVersionUID = 1L;

  FileFailure(String message) {
    super(message);
  }

  FileFailure(String file, Throwable cause) {
    super(Failures.line(file, cause), cause);
  }
}

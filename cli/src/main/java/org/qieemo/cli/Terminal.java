package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether somebody watches; Java itself cannot say it for standard error. */
final class Terminal {
  private static final String SAID_BY_LAUNCHER = "qieemo.terminal";
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  /** Whether standard error is a terminal, as far as the launcher or Linux says it. */
  static boolean isStandardError() {
    return Boolean.getBoolean(SAID_BY_LAUNCHER) || isTerminal(STANDARD_ERROR);
  }

  private static boolean isTerminal(Path link) {
    try {
      return Files.readSymbolicLink(link).toString().matches("/dev/(pts/|tty|console).*");
    } catch (IOException | UnsupportedOperationException e) {
      return false; // not Linux
    }
  }
}

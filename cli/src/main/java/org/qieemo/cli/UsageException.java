package org.qieemo.cli;

/** The command line makes no sense; the message is one line that says what is accepted. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}

package org.qieemo.cli;

/** Standard output takes no more: the reader has gone, or the disk is full. */
final class OutputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutputException() {
    super("standard output takes no more");
  }
}

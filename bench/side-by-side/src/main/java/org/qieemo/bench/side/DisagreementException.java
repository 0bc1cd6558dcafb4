package org.qieemo.bench.side;

/** Engines that do not compute the same: their times mean nothing. */
final class DisagreementException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DisagreementException(String message) {
    super(message);
  }
}

package org.qieemo.kernels;

/** A back end cannot be opened or failed while running; the message says what to do. */
public class BackendException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a one-line message. */
  public BackendException(String message) {
    super(message);
  }

  /** With a one-line message and the cause. */
  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}

package org.qieemo;

/** The loaded model has no part that the call needs, such as an emotion head or a CTC head. */
public final class UnsupportedByModelException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** With a one-line message. */
  public UnsupportedByModelException(String message) {
    super(message);
  }
}

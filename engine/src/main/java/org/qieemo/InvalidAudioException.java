package org.qieemo;

/** Audio that no emotion can be heard in: too short, too long, not finite, or too loud. */
public final class InvalidAudioException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** With a one-line message. */
  public InvalidAudioException(String message) {
    super(message);
  }
}

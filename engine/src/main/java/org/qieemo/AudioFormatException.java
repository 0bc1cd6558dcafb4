package org.qieemo;

/** An audio file cannot be read, or its audio cannot be used. */
public final class AudioFormatException extends FormatException {
  private static final long serialVersionUID = 1L;

  /** See {@link FormatException#FormatException(String, long, String)}. */
  public AudioFormatException(String source, long offset, String reason) {
    super(source, offset, reason);
  }
}

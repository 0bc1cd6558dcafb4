package org.qieemo;

/** A model file cannot be read, or describes a model that cannot exist. */
public final class ModelFormatException extends FormatException {
  private static final long serialVersionUID = 1L;

  /** See {@link FormatException#FormatException(String, long, String)}. */
  public ModelFormatException(String source, long offset, String reason) {
    super(source, offset, reason);
  }
}

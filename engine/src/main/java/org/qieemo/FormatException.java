package org.qieemo;

import java.io.IOException;

/**
 * A file is not what it should be: damaged, of an unknown kind, or unsupported. The message is one
 * line: the source, the offset where known, what was expected and what was found.
 */
public class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Offset of a problem that has no place in the file. */
  public static final long NO_OFFSET = -1;

  private final String source;
  private final long offset;
  private final String reason;

  /**
   * Creates an exception.
   *
   * @param source the file's name, or what stands for it
   * @param offset byte offset in the file, or {@link #NO_OFFSET}
   * @param reason what was expected, what was found, what to do
   */
  public FormatException(String source, long offset, String reason) {
    super(offset < 0 ? source + ": " + reason : source + ": at byte " + offset + ": " + reason);
    this.source = source;
    this.offset = offset;
    this.reason = reason;
  }

  /** The file's name, or what stands for it. */
  public String source() {
    return source;
  }

  /** Byte offset in the file, or {@link #NO_OFFSET}. */
  public long offset() {
    return offset;
  }

  /** The message without source and offset. */
  public String reason() {
    return reason;
  }
}

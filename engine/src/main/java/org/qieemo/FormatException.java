package org.qieemo;

import java.io.IOException;

/**
 * A file is not what it should be: damaged, of an unknown kind, or unsupported. The message is one
 * line: the source, the offset where known, what was expected and what was found; control
 * characters that come from the file are shown as {@code \x0a}.
 */
public class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Offset of a problem that has no place in the file. */
  public static final long NO_OFFSET = -1;

  private static final int MAX_REASON = 1000;
  private static final String HEX = "0123456789abcdef";

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
    super(message(source, offset, printable(reason)));
    this.source = source;
    this.offset = offset;
    this.reason = printable(reason);
  }

  private static String message(String source, long offset, String reason) {
    String place = offset < 0 ? "" : "at byte " + offset + ": ";
    return printable(source) + ": " + place + reason;
  }

  /** One line of bounded length, also when escaped, whatever a hostile file made part of it. */
  private static String printable(String text) {
    if (text.length() <= MAX_REASON && text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder visible = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (visible.length() >= MAX_REASON) {
        return visible.append("...").toString();
      }
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        visible.append("\\x").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      } else {
        visible.append(c);
      }
    }
    return visible.toString();
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

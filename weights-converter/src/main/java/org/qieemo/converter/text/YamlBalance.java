package org.qieemo.converter.text;

/** Follows brackets and quotes through a value that may span lines. Not thread-safe. */
final class YamlBalance {
  private int depth;
  private byte quote;
  private byte before;
  private boolean escaped;
  private boolean justClosed;

  /** A new value. */
  void start(byte[] text, int from, int to) {
    depth = 0;
    quote = 0;
    before = ' ';
    escaped = false;
    justClosed = false;
    feed(text, from, to);
  }

  /** More of the value. */
  void feed(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      feed(text[i]);
    }
  }

  /** One byte of the value. */
  void feed(byte c) {
    if (escaped) {
      escaped = false;
    } else if (quote == '"' && c == '\\') {
      escaped = true;
    } else if (quote != 0) {
      justClosed = c == quote;
      quote = justClosed ? 0 : quote;
    } else if (c == '"' || c == '\'') {
      boolean doubled = justClosed && before == c && c == '\'';
      quote = doubled || " [{,:".indexOf(before) >= 0 ? c : 0;
    } else {
      depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
    }
    before = c;
  }

  /** Whether the value stops inside quotes. */
  boolean isQuoted() {
    return quote != 0;
  }

  /** Whether the value stops behind a backslash, which is forgotten then. */
  boolean takeEscape() {
    boolean taken = escaped;
    escaped = false;
    return taken;
  }

  /** Whether the value must go on in another line. */
  boolean isOpen() {
    return quote != 0 || depth > 0;
  }
}

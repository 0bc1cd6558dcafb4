package org.qieemo.converter.text;

import org.qieemo.ModelFormatException;

/** The current line of YAML; empty lines and comments are passed over. Not thread-safe. */
final class YamlLine {
  private final byte[] text;
  private final String source;
  private int next; // where the next line starts
  private int lines; // all that were read
  private boolean there;
  private boolean any;
  private boolean ended;
  private int number;
  private int indent;
  private int start;
  private int end;

  YamlLine(byte[] text, String source) {
    this.text = text;
    this.source = source;
    boolean mark =
        text.length > 2
            && text[0] == (byte) 0xef
            && text[1] == (byte) 0xbb
            && text[2] == (byte) 0xbf;
    this.next = mark ? 3 : 0;
  }

  /** Whether there is a line, or all were read. */
  boolean isThere() {
    return there;
  }

  /** From 1; the last one's behind the end. */
  int number() {
    return number;
  }

  /** Spaces before the line; more behind a dash. */
  int indent() {
    return indent;
  }

  /** Where the line starts, behind its indentation. */
  int start() {
    return start;
  }

  /** Where it ends, before comment and spaces. */
  int end() {
    return end;
  }

  /** Bytes that were read. */
  int offset() {
    return Math.min(next, text.length);
  }

  /** Moves on; false at the end of the text. */
  boolean next() throws ModelFormatException {
    there = false;
    while (!there && next < text.length) {
      int from = next;
      int to = from;
      while (to < text.length && text[to] != '\n') {
        to++;
      }
      next = to + 1;
      lines++;
      read(from, to > from && text[to - 1] == '\r' ? to - 1 : to);
    }
    return there;
  }

  private void read(int from, int to) throws ModelFormatException {
    boolean end = Utf8.is(text, from, to, "...");
    boolean marker = end || Utf8.is(text, from, to, "---");
    ended |= end;
    int last = Utf8.stripped(text, from, withoutComment(from, to));
    if (last == from || marker && (!any || ended)) {
      return;
    }
    if (marker || ended || text[from] == '%') {
      throw error(lines, "several documents or a directive: unsupported");
    }
    int first = from;
    while (text[first] == ' ') {
      first++;
    }
    if (text[first] == '\t') {
      throw error(lines, "a tab in the indentation");
    }
    any = true;
    there = true;
    number = lines;
    indent = first - from;
    start = Utf8.skipSpace(text, first, last);
    this.end = last;
  }

  /** Where a comment starts: a # at the start or behind a space, outside quotes. */
  private int withoutComment(int from, int to) {
    byte quote = 0;
    for (int i = from; i < to; i++) {
      byte c = text[i];
      byte before = i == from ? (byte) ' ' : text[i - 1];
      boolean doubled = quote == '\'' && c == '\'' && i + 1 < to && text[i + 1] == '\'';
      if (quote == '"' && c == '\\' || doubled) {
        i++;
      } else if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if ((c == '"' || c == '\'') && " [{,:-".indexOf(before) >= 0) {
        quote = c;
      } else if (c == '#' && (before == ' ' || before == '\t')) {
        return i;
      }
    }
    return to;
  }

  /** Whether the line is an item of a block list. */
  boolean isItem() {
    return start < end && text[start] == '-' && (start + 1 == end || text[start + 1] == ' ');
  }

  /** Goes behind the dash of an item. */
  void skipDash() {
    int first = Utf8.skipSpace(text, start + 1, end);
    indent += first - start;
    start = first;
  }

  /** Where the colon of {@code key: value} stands, or -1 if the line is no entry of a map. */
  int keyEnd() {
    if (start == end || text[start] == '[' || text[start] == '{') {
      return -1;
    }
    if (text[start] == '"' || text[start] == '\'') {
      int quote = Utf8.quoteEnd(text, start, end);
      return quote > 0 && isColon(quote) ? quote : -1;
    }
    for (int i = start; i < end; i++) {
      if (isColon(i)) {
        return i;
      }
    }
    return -1;
  }

  private boolean isColon(int i) {
    return i < end && text[i] == ':' && (i + 1 == end || text[i + 1] == ' ');
  }

  ModelFormatException error(int line, String reason) {
    return new ModelFormatException(source, -1, "line " + line + ": " + reason);
  }
}

package org.qieemo.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads comma-separated values as RFC 4180 has them, in UTF-8: fields may be quoted, a quote inside
 * is doubled, and commas and line breaks may stand between quotes. Lines end in CRLF or LF; a byte
 * order mark is skipped, and so are blank lines.
 */
final class CsvReader {
  private static final String LONE_RETURN =
      "a carriage return stands alone: lines end in LF or CRLF";
  private static final char END = '\uffff'; // no character

  private final String name;
  private final String text;
  private int at;
  private int line = 1;

  private CsvReader(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /**
   * Reads a file.
   *
   * @param name the file as the user wrote it
   * @throws FileFailure naming the line that is wrong
   */
  static List<CsvRecord> read(String name) throws FileFailure {
    byte[] bytes;
    try {
      bytes = SmallFile.read(name);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw new FileFailure(name, e);
    }
    return parse(name, decode(name, bytes));
  }

  /** Reads text; {@code name} stands for its file in messages. */
  static List<CsvRecord> parse(String name, String text) throws FileFailure {
    CsvReader reader = new CsvReader(name, text);
    List<CsvRecord> records = new ArrayList<>();
    reader.at = text.startsWith("\ufeff") ? 1 : 0;
    while (reader.at < text.length()) {
      CsvRecord record = reader.record();
      if (!record.isBlank()) {
        records.add(record);
      }
    }
    return records;
  }

  private static String decode(String name, byte[] bytes) throws FileFailure {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    if (decoder.decode(in, out, true).isError()) {
      int line = 1 + (int) out.flip().chars().filter(c -> c == '\n').count();
      throw error(name, line, "not UTF-8: save the file as UTF-8");
    }
    return out.flip().toString();
  }

  /** What is wrong in a line. */
  static FileFailure error(String name, int line, String reason) {
    return new FileFailure(Text.oneLine(name + ": line " + line + ": " + reason));
  }

  private CsvRecord record() throws FileFailure {
    int start = line;
    List<String> fields = new ArrayList<>();
    do {
      fields.add(peek() == '"' ? quoted() : plain());
    } while (take(','));
    boolean carriageReturn = take('\r');
    if (!take('\n') && at < text.length()) {
      throw error(name, line, carriageReturn ? LONE_RETURN : unexpected(fields.size()));
    }
    return new CsvRecord(start, List.copyOf(fields));
  }

  private String unexpected(int field) {
    return "unexpected '"
        + peek()
        + "' in field "
        + field
        + ": a field with quotes stands in quotes, its own quotes doubled";
  }

  private String plain() {
    int from = at;
    while ("\",\r\n".indexOf(peek()) < 0 && at < text.length()) {
      at++;
    }
    return text.substring(from, at);
  }

  private String quoted() throws FileFailure {
    int start = line;
    StringBuilder field = new StringBuilder();
    take('"');
    while (true) {
      if (at == text.length()) {
        throw error(name, start, "the quote that opens a field here is never closed");
      }
      if (take('"')) {
        if (peek() != '"') {
          return field.toString();
        }
      }
      field.append(peek());
      take(peek());
    }
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  private boolean take(char c) {
    boolean there = at < text.length() && text.charAt(at) == c;
    at += there ? 1 : 0;
    line += there && c == '\n' ? 1 : 0;
    return there;
  }
}

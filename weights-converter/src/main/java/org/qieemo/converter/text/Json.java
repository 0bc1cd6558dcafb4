package org.qieemo.converter.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.ModelFormatException;

/**
 * A strict JSON reader (RFC 8259). Objects are {@link Map}s in file order without duplicate keys,
 * arrays {@link List}s, integers that fit are {@link Long}s, other numbers {@link Double}s; null,
 * {@link Boolean} and {@link String} are themselves. Depth and number of objects are limited.
 */
public final class Json {
  private static final int MAX_DEPTH = 64;
  private static final int FREE_OBJECTS = 1000;
  private static final int BYTES_PER_OBJECT = 16;
  private static final int MAX_LONG_CHARS = 18;
  private static final int MAX_DIGITS = 400;

  private static final int MAX_SHARED = 32;
  private static final int SHARED = 256;
  private static final int FEW = 4;

  private final byte[] text;
  private final String source;
  private int at;
  private int objects;
  private final String[] shared = new String[SHARED];
  private final int[] sharedAt = new int[SHARED]; // where each stands in the text
  private final int[] sharedLength = new int[SHARED];

  private Json(byte[] text, String source) {
    this.text = text;
    this.source = source;
  }

  /**
   * Reads a document.
   *
   * @param source the file's name, for messages
   * @throws ModelFormatException if it is not JSON, naming line and byte
   */
  public static Object parse(byte[] text, String source) throws ModelFormatException {
    Json json = new Json(text, source);
    json.checkUtf8();
    Object value = json.value(0);
    json.space();
    if (json.at < text.length) {
      throw json.error("expected the end");
    }
    return value;
  }

  private void checkUtf8() throws ModelFormatException {
    int high = 0;
    while (high < text.length && text[high] >= 0) {
      high++;
    }
    if (high < text.length) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
      } catch (CharacterCodingException e) {
        at = high;
        throw error("not valid UTF-8");
      }
    }
  }

  private Object value(int depth) throws ModelFormatException {
    space();
    if (depth > MAX_DEPTH) {
      throw error("nested more than " + MAX_DEPTH + " deep");
    }
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, Object> object(int depth) throws ModelFormatException {
    countObject();
    at++;
    space();
    if (peek() == '}') {
      at++;
      return Map.of();
    }
    Map<String, Object> object = new LinkedHashMap<>(FEW);
    do {
      space();
      if (peek() != '"') {
        throw error("expected a key in quotes");
      }
      String key = string();
      if (object.containsKey(key)) {
        throw error("key '" + key + "' occurs twice");
      }
      space();
      expect(':');
      object.put(key, value(depth + 1));
    } while (more('}'));
    return object;
  }

  private List<Object> array(int depth) throws ModelFormatException {
    countObject();
    at++;
    space();
    if (peek() == ']') {
      at++;
      return List.of();
    }
    List<Object> array = new ArrayList<>(FEW / 2);
    do {
      array.add(value(depth + 1));
    } while (more(']'));
    return array;
  }

  /** After an element: true at a comma, false at the end. */
  private boolean more(char end) throws ModelFormatException {
    space();
    if (peek() == ',') {
      at++;
      return true;
    }
    expect(end);
    return false;
  }

  /** Objects, arrays and fractions take memory out of proportion to their text. */
  private void countObject() throws ModelFormatException {
    if (++objects > FREE_OBJECTS + at / BYTES_PER_OBJECT) {
      throw error("more objects, arrays and fractions than a document of this size has");
    }
  }

  private String string() throws ModelFormatException {
    at++;
    int from = at;
    while (peek() != '"' && peek() != '\\') {
      if (text[at] >= 0 && text[at] < ' ') {
        throw error("a control character inside a string");
      }
      at++;
    }
    String plain = at == from ? "" : text(from, at);
    if (peek() == '"') {
      at++;
      return plain;
    }
    StringBuilder string = new StringBuilder(plain);
    while (peek() != '"') {
      escaped(string);
    }
    at++;
    return string.toString();
  }

  /** Short texts, such as the keys of a million entries of one kind, are made once. */
  private String text(int from, int to) {
    if (to - from > MAX_SHARED) {
      return new String(text, from, to - from, StandardCharsets.UTF_8);
    }
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text[i];
    }
    int slot = (hash ^ hash >>> 16) & SHARED - 1;
    int known = sharedAt[slot];
    if (shared[slot] == null
        || !Arrays.equals(text, known, known + sharedLength[slot], text, from, to)) {
      shared[slot] = new String(text, from, to - from, StandardCharsets.UTF_8);
      sharedAt[slot] = from;
      sharedLength[slot] = to - from;
    }
    return shared[slot];
  }

  /** An escape sequence, and the plain text behind it. */
  private void escaped(StringBuilder string) throws ModelFormatException {
    at++;
    char escape = peek();
    at++;
    int index = "\"\\/bfnrt".indexOf(escape);
    if (index >= 0) {
      string.append("\"\\/\b\f\n\r\t".charAt(index));
    } else if (escape == 'u') {
      string.append(hex());
    } else {
      throw error("an unknown escape in a string");
    }
    int from = at;
    while (peek() != '"' && peek() != '\\') {
      if (text[at] >= 0 && text[at] < ' ') {
        throw error("a control character inside a string");
      }
      at++;
    }
    string.append(new String(text, from, at - from, StandardCharsets.UTF_8));
  }

  private char hex() throws ModelFormatException {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw error("expected four hexadecimal digits");
      }
      code = code << 4 | digit;
      at++;
    }
    return (char) code;
  }

  private Object word(String word, Object value) throws ModelFormatException {
    for (int i = 0; i < word.length(); i++) {
      expect(word.charAt(i));
    }
    return value;
  }

  private Object number() throws ModelFormatException {
    int from = at;
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    int integerEnd = at;
    if (at < text.length && text[at] == '.') {
      at++;
      digits();
    }
    if (at < text.length && (text[at] == 'e' || text[at] == 'E')) {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
    if (at == integerEnd && at - from <= MAX_LONG_CHARS) {
      return integer(from);
    }
    countObject();
    return Double.valueOf(new String(text, from, at - from, StandardCharsets.US_ASCII));
  }

  private void digits() throws ModelFormatException {
    int from = at;
    while (at < text.length && text[at] >= '0' && text[at] <= '9') {
      at++;
    }
    if (at == from || at - from > MAX_DIGITS) {
      throw error(at == from ? "expected a value" : "a number of too many digits");
    }
  }

  private Long integer(int from) {
    long value = 0;
    for (int i = text[from] == '-' ? from + 1 : from; i < at; i++) {
      value = value * 10 + text[i] - '0';
    }
    return text[from] == '-' ? -value : value;
  }

  private void space() {
    while (at < text.length && " \t\r\n".indexOf(text[at]) >= 0) {
      at++;
    }
  }

  /** The current byte; all that matters here is ASCII. */
  private char peek() throws ModelFormatException {
    if (at >= text.length) {
      throw error("the text ends too early");
    }
    return (char) (text[at] & 0xff);
  }

  private void expect(char wanted) throws ModelFormatException {
    if (peek() != wanted) {
      throw error("expected '" + wanted + "'");
    }
    at++;
  }

  private ModelFormatException error(String reason) {
    int line = 1;
    for (int i = 0; i < Math.min(at, text.length); i++) {
      line += text[i] == '\n' ? 1 : 0;
    }
    return new ModelFormatException(source, at, "line " + line + ": " + reason);
  }
}

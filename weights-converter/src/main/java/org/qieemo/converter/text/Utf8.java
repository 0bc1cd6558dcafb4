package org.qieemo.converter.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Parts of a UTF-8 text, without a copy: all that a syntax consists of is ASCII. Stateless. */
public final class Utf8 {
  private static final int SOME = 1024;

  private Utf8() {}

  /** Whether all bytes are a text; no copy is made. */
  public static boolean isValid(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer some = CharBuffer.allocate(SOME);
    while (true) {
      CoderResult result = decoder.decode(in, some.clear(), true);
      if (!result.isOverflow()) {
        return !result.isError();
      }
    }
  }

  static boolean isSpace(byte b) {
    return b >= 0 && Character.isWhitespace(b);
  }

  /** The first byte that is no space, or {@code to}. */
  static int skipSpace(byte[] text, int from, int to) {
    int at = from;
    while (at < to && isSpace(text[at])) {
      at++;
    }
    return at;
  }

  /** The end without spaces before it. */
  public static int stripped(byte[] text, int from, int to) {
    int end = to;
    while (end > from && isSpace(text[end - 1])) {
      end--;
    }
    return end;
  }

  /** Whether a part is a word. */
  static boolean is(byte[] text, int from, int to, String word) {
    if (to - from != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (text[from + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** A part as a text. */
  public static String string(byte[] text, int from, int to) {
    return new String(text, from, to - from, StandardCharsets.UTF_8);
  }

  /** One past the quote that closes the one at {@code start}, or -1. */
  static int quoteEnd(byte[] text, int start, int to) {
    byte quote = text[start];
    for (int i = start + 1; i < to; i++) {
      if (quote == '"' && text[i] == '\\') {
        i++;
      } else if (text[i] == quote) {
        if (quote == '"' || i + 1 == to || text[i + 1] != '\'') {
          return i + 1;
        }
        i++;
      }
    }
    return -1;
  }
}

package org.qieemo.converter.text;

import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.Place;

/** What a YAML scalar means: as PyYAML has it, for which 1e-5 is a text. */
final class YamlScalar {
  private static final String[] NULL = {"", "~", "null", "Null", "NULL"};
  private static final String[] TRUE = {
    "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"
  };
  private static final String[] FALSE = {
    "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"
  };
  private static final int LONGEST_WORD = 5;
  private static final int COPIES = 2;
  private static final String REFUSED = "&*!|>%@`?";

  private YamlScalar() {}

  /** A key; plain ones stay as they are written. */
  static String key(byte[] text, int from, int to, Place place, TextBudget budget)
      throws ModelFormatException {
    if (from < to && (text[from] == '"' || text[from] == '\'')) {
      return quoted(text, from, to, place, budget);
    }
    if (from == to || Utf8.is(text, from, to, "<<")) {
      throw place.error("an empty key or a merge: unsupported");
    }
    return plain(text, from, to, place, budget);
  }

  static Object value(byte[] text, int from, int to, Place place, TextBudget budget)
      throws ModelFormatException {
    if (from < to && (text[from] == '"' || text[from] == '\'')) {
      return quoted(text, from, to, place, budget);
    }
    if (to - from <= LONGEST_WORD) {
      if (isOneOf(NULL, text, from, to)) {
        return null;
      }
      if (isOneOf(TRUE, text, from, to)) {
        return true;
      }
      if (isOneOf(FALSE, text, from, to)) {
        return false;
      }
    }
    Object number = YamlNumber.of(text, from, to, place, budget);
    return number != null ? number : plain(text, from, to, place, budget);
  }

  private static boolean isOneOf(String[] words, byte[] text, int from, int to) {
    for (String word : words) {
      if (Utf8.is(text, from, to, word)) {
        return true;
      }
    }
    return false;
  }

  private static String plain(byte[] text, int from, int to, Place place, TextBudget budget)
      throws ModelFormatException {
    boolean refused = REFUSED.indexOf(text[from]) >= 0 && to - from > 1;
    if (refused || Utf8.is(text, from, to, "|") || Utf8.is(text, from, to, ">")) {
      throw place.error(
          "an anchor, alias, tag, block text or directive: unsupported, or put the text in quotes");
    }
    budget.chargeString(text, from, to, place);
    return Utf8.string(text, from, to);
  }

  private static String quoted(byte[] text, int from, int to, Place place, TextBudget budget)
      throws ModelFormatException {
    if (Utf8.quoteEnd(text, from, to) != to) {
      throw place.error("text behind a closing quote, or no closing quote");
    }
    budget.chargeString(text, from, to, place);
    String inner = Utf8.string(text, from + 1, to - 1);
    boolean single = text[from] == '\'';
    if (inner.indexOf(single ? '\'' : '\\') < 0) {
      return inner;
    }
    budget.charge(COPIES * (TextBudget.STRING + 2L * inner.length()), place);
    return single ? inner.replace("''", "'") : escaped(inner, place);
  }

  private static String escaped(String text, Place place) throws ModelFormatException {
    StringBuilder result = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != '\\') {
        result.append(text.charAt(i));
        continue;
      }
      char escape = i + 1 < text.length() ? text.charAt(++i) : 0;
      int simple = "0abtnvfre \"/\\".indexOf(escape);
      int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : escape == 'U' ? 8 : 0;
      if (simple >= 0) {
        result.append("\0\u0007\b\t\n\u000b\f\r\u001b \"/\\".charAt(simple));
      } else if (digits > 0 && i + digits < text.length()) {
        result.appendCodePoint(hex(text, i + 1, i + 1 + digits, place));
        i += digits;
      } else {
        throw place.error("an unknown escape in a quoted text");
      }
    }
    return result.toString();
  }

  private static int hex(String text, int from, int to, Place place) throws ModelFormatException {
    long code = 0;
    for (int i = from; i < to; i++) {
      int digit = Character.digit(text.charAt(i), 16);
      code = digit < 0 ? Integer.MAX_VALUE : code << 4 | digit;
    }
    if (code > Character.MAX_CODE_POINT) {
      throw place.error("an impossible escape in a quoted text");
    }
    return (int) code;
  }
}

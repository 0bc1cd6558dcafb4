package org.qieemo.converter.text;

import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.Place;

/** YAML's numbers: integers of up to 18 digits, fractions with a point, the special values. */
final class YamlNumber {
  private static final int MAX_LONG_CHARS = 18;
  private static final int MAX_INTEGER_CHARS = 24;
  private static final int MAX_DIGITS = 40;
  private static final int MAX_EXPONENT_DIGITS = 5;
  private static final int CACHED = 127;

  private YamlNumber() {}

  /** The number that a text stands for, or null if it is none. */
  static Number of(byte[] text, int from, int to, Place place, TextBudget budget)
      throws ModelFormatException {
    int start = from < to && (text[from] == '-' || text[from] == '+') ? from + 1 : from;
    if (start == to || text[start] != '.' && !isDigit(text[start])) {
      return null;
    }
    Long integer = integer(text, from, start, to);
    if (integer != null) {
      budget.charge(Math.abs(integer) > CACHED ? TextBudget.INTEGER : 0, place);
      return integer;
    }
    Double special = special(text, from, start, to);
    if (special != null || !isFraction(text, start, to)) {
      return special;
    }
    budget.charge(TextBudget.FRACTION, place);
    return Double.valueOf(Utf8.string(text, from, to));
  }

  /** Digits without leading zeros, perhaps with underscores. */
  private static Long integer(byte[] text, int from, int start, int to) {
    boolean zero = text[start] == '0';
    if (to - start > (zero ? 1 : MAX_INTEGER_CHARS - 1) || text[start] == '.') {
      return null;
    }
    long value = 0;
    int chars = start - from;
    for (int i = start; i < to; i++) {
      if (isDigit(text[i])) {
        value = value * 10 + text[i] - '0';
        chars++;
      } else if (text[i] != '_') {
        return null;
      }
    }
    if (chars > MAX_LONG_CHARS) {
      return null;
    }
    return text[from] == '-' ? -value : value;
  }

  private static Double special(byte[] text, int from, int start, int to) {
    if (Utf8.is(text, start, to, ".inf")) {
      return text[from] == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    return from == start && Utf8.is(text, from, to, ".nan") ? Double.NaN : null;
  }

  /** Digits, a point, digits, perhaps an exponent with a sign. */
  private static boolean isFraction(byte[] text, int start, int to) {
    int point = digits(text, start, to);
    if (point == to || text[point] != '.') {
      return false;
    }
    int end = digits(text, point + 1, to);
    int whole = point - start;
    int part = end - point - 1;
    if (whole + part == 0 || whole > MAX_DIGITS || part > MAX_DIGITS) {
      return false;
    }
    if (end == to) {
      return true;
    }
    boolean exponent =
        (text[end] | 0x20) == 'e' && end + 1 < to && (text[end + 1] == '-' || text[end + 1] == '+');
    return exponent
        && digits(text, end + 2, to) == to
        && to > end + 2
        && to - end - 2 <= MAX_EXPONENT_DIGITS;
  }

  private static int digits(byte[] text, int from, int to) {
    int at = from;
    while (at < to && isDigit(text[at])) {
      at++;
    }
    return at;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}

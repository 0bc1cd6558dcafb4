package org.qieemo.converter.text;

import java.util.regex.Pattern;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.Place;

/** What a YAML scalar means: as PyYAML has it, for which 1e-5 is a text. */
final class YamlScalar {
  private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9_]{0,22})");
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?([0-9]{1,40}\\.[0-9]{0,40}|\\.[0-9]{1,40})([eE][-+][0-9]{1,5})?");
  private static final Pattern NULL = Pattern.compile("|~|null|Null|NULL");
  private static final Pattern TRUE = Pattern.compile("true|True|TRUE|yes|Yes|YES|on|On|ON");
  private static final Pattern FALSE = Pattern.compile("false|False|FALSE|no|No|NO|off|Off|OFF");
  private static final String REFUSED = "&*!|>%@`?";

  private YamlScalar() {}

  /** A key; plain ones stay as they are written. */
  static String key(String text, Place place) throws ModelFormatException {
    if (text.startsWith("\"") || text.startsWith("'")) {
      return quoted(text, place);
    }
    if (text.isEmpty() || text.equals("<<")) {
      throw place.error("an empty key or a merge: unsupported");
    }
    return plain(text, place);
  }

  static Object value(String text, Place place) throws ModelFormatException {
    if (text.startsWith("\"") || text.startsWith("'")) {
      return quoted(text, place);
    }
    if (NULL.matcher(text).matches()) {
      return null;
    }
    if (TRUE.matcher(text).matches()) {
      return true;
    }
    if (FALSE.matcher(text).matches()) {
      return false;
    }
    String number = text.replace("_", "");
    if (INTEGER.matcher(text).matches() && number.length() < 19) {
      return Long.valueOf(number);
    }
    if (NUMBER.matcher(text).matches()) {
      return Double.valueOf(text);
    }
    return special(text, place);
  }

  private static Object special(String text, Place place) throws ModelFormatException {
    return switch (text) {
      case ".inf", "+.inf" -> Double.POSITIVE_INFINITY;
      case "-.inf" -> Double.NEGATIVE_INFINITY;
      case ".nan" -> Double.NaN;
      default -> plain(text, place);
    };
  }

  private static String plain(String text, Place place) throws ModelFormatException {
    boolean refused = REFUSED.indexOf(text.charAt(0)) >= 0 && text.length() > 1;
    if (refused || text.equals("|") || text.equals(">")) {
      throw place.error(
          "an anchor, alias, tag, block text or directive: unsupported, or put the text in quotes");
    }
    return text;
  }

  private static String quoted(String text, Place place) throws ModelFormatException {
    if (YamlFlow.quoteEnd(text, 0) != text.length()) {
      throw place.error("text behind a closing quote, or no closing quote");
    }
    String inner = text.substring(1, text.length() - 1);
    return text.startsWith("'") ? inner.replace("''", "'") : escaped(inner, place);
  }

  private static String escaped(String text, Place place) throws ModelFormatException {
    StringBuilder result = new StringBuilder();
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
        result.appendCodePoint(hex(text.substring(i + 1, i + 1 + digits), place));
        i += digits;
      } else {
        throw place.error("an unknown escape in a quoted text");
      }
    }
    return result.toString();
  }

  private static int hex(String digits, Place place) throws ModelFormatException {
    try {
      int code = Integer.parseInt(digits, 16);
      if (Character.isValidCodePoint(code)) {
        return code;
      }
    } catch (NumberFormatException e) {
      // the message below says it
    }
    throw place.error("an impossible escape in a quoted text");
  }
}

package org.qieemo.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes JSON on one line, the same in every locale. Numbers that are not finite become {@code
 * null}.
 */
final class JsonWriter {
  private final StringBuilder json = new StringBuilder();
  private boolean first = true;

  JsonWriter beginObject() {
    return begin('{');
  }

  JsonWriter endObject() {
    return end('}');
  }

  JsonWriter beginArray() {
    return begin('[');
  }

  JsonWriter endArray() {
    return end(']');
  }

  /** The name of the next value. */
  JsonWriter name(String name) {
    separate();
    string(name);
    json.append(':');
    first = true;
    return this;
  }

  /** A string, boolean, number, list, map of these, or null. */
  JsonWriter value(Object value) {
    if (value instanceof Map<?, ?> map) {
      beginObject();
      map.forEach((k, v) -> name((String) k).value(v));
      return endObject();
    }
    if (value instanceof List<?> list) {
      beginArray();
      list.forEach(this::value);
      return endArray();
    }
    separate();
    if (value instanceof String text) {
      string(text);
    } else if (value instanceof Number number && !Double.isFinite(number.doubleValue())) {
      json.append("null");
    } else {
      json.append(value); // Double.toString, Long.toString and so on know no locale
    }
    return this;
  }

  /** What has been written since the last time, so that long texts need not be held. */
  String take() {
    String text = json.toString();
    json.setLength(0);
    return text;
  }

  /** A member of an object. */
  JsonWriter member(String name, Object value) {
    return name(name).value(value);
  }

  private JsonWriter begin(char bracket) {
    separate();
    json.append(bracket);
    first = true;
    return this;
  }

  private JsonWriter end(char bracket) {
    json.append(bracket);
    first = false;
    return this;
  }

  private void separate() {
    if (!first) {
      json.append(',');
    }
    first = false;
  }

  private void string(String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (escaped(text, i)) {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  /** Control characters, and surrogates without partner: UTF-8 has no bytes for these. */
  private static boolean escaped(String text, int i) {
    char c = text.charAt(i);
    if (!Character.isSurrogate(c)) {
      return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }
    boolean paired =
        Character.isHighSurrogate(c)
            ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
            : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    return !paired;
  }

  @Override
  public String toString() {
    return json.toString();
  }
}

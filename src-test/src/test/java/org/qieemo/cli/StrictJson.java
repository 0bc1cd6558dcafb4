package org.qieemo.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses RFC 8259 and nothing more lenient; fails with an {@link IllegalArgumentException}. */
final class StrictJson {
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
  private final String text;
  private int at;

  private StrictJson(String text) {
    this.text = text;
  }

  static Object parse(String text) {
    StrictJson json = new StrictJson(text);
    Object value = json.value();
    json.space();
    json.require(json.at == text.length(), "end");
    return value;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(String text) {
    return (Map<String, Object>) parse(text);
  }

  private Object value() {
    space();
    require(at < text.length(), "a value");
    return switch (text.charAt(at)) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    take('{');
    if (!next('}')) {
      do {
        space();
        String name = string();
        space();
        take(':');
        require(!members.containsKey(name), "no second '" + name + "'");
        members.put(name, value());
      } while (next(','));
      take('}');
    }
    return members;
  }

  private List<Object> array() {
    List<Object> elements = new ArrayList<>();
    take('[');
    if (!next(']')) {
      do {
        elements.add(value());
      } while (next(','));
      take(']');
    }
    return elements;
  }

  private String string() {
    StringBuilder string = new StringBuilder();
    take('"');
    while (true) {
      require(at < text.length(), "a closing quote");
      char c = text.charAt(at++);
      if (c == '"') {
        return string.toString();
      }
      require(c >= ' ', "an escaped control character");
      string.append(c == '\\' ? escape() : c);
    }
  }

  private char escape() {
    char c = text.charAt(at++);
    if (c == 'u') {
      at += 4;
      return (char) Integer.parseInt(text, at - 4, at, 16);
    }
    int known = "\"\\/bfnrt".indexOf(c);
    require(known >= 0, "an escape");
    return "\"\\/\b\f\n\r\t".charAt(known);
  }

  private Double number() {
    Matcher matcher = NUMBER.matcher(text).region(at, text.length());
    require(matcher.lookingAt(), "a number");
    at = matcher.end();
    return Double.valueOf(matcher.group());
  }

  private Object word(String word, Object value) {
    require(text.startsWith(word, at), word);
    at += word.length();
    return value;
  }

  private boolean next(char c) {
    space();
    boolean there = at < text.length() && text.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }

  private void take(char c) {
    require(next(c), "'" + c + "'");
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private void require(boolean condition, String expected) {
    if (!condition) {
      throw new IllegalArgumentException("expected " + expected + " at " + at + " of " + text);
    }
  }
}

package org.qieemo.converter.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.Place;

/** Reads YAML values that stand in one text: flow maps and lists, quoted and plain scalars. */
final class YamlFlow {
  private final String text;
  private final Place place;
  private int at;

  private YamlFlow(String text, Place place) {
    this.text = text;
    this.place = place;
  }

  /** The value that a whole text stands for. */
  static Object parse(String text, int maxDepth, Place place) throws ModelFormatException {
    YamlFlow flow = new YamlFlow(text, place);
    if (text.startsWith("[") || text.startsWith("{")) {
      Object value = flow.value(maxDepth);
      flow.space();
      if (flow.at < text.length()) {
        throw place.error("text behind a closed bracket");
      }
      return value;
    }
    return YamlScalar.value(text, place);
  }

  /** One past the quote that closes the one at {@code start}, or -1. */
  static int quoteEnd(String text, int start) {
    char quote = text.charAt(start);
    for (int i = start + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == '"' && c == '\\') {
        i++;
      } else if (c == quote) {
        if (quote == '"' || !text.startsWith("'", i + 1)) {
          return i + 1;
        }
        i++;
      }
    }
    return -1;
  }

  private Object value(int depth) throws ModelFormatException {
    space();
    if (depth <= 0) {
      throw place.error("nested too deeply");
    }
    if (at >= text.length()) {
      throw place.error("a bracket is never closed");
    }
    return switch (text.charAt(at)) {
      case '[' -> list(depth);
      case '{' -> map(depth);
      default -> YamlScalar.value(token(",]}"), place);
    };
  }

  private List<Object> list(int depth) throws ModelFormatException {
    List<Object> list = new ArrayList<>();
    at++;
    while (!closes(']')) {
      list.add(value(depth - 1));
      separator(']');
    }
    return list;
  }

  private Map<String, Object> map(int depth) throws ModelFormatException {
    Map<String, Object> map = new LinkedHashMap<>();
    at++;
    while (!closes('}')) {
      String key = YamlScalar.key(token(":,}"), place);
      if (at >= text.length() || text.charAt(at) != ':') {
        throw place.error("expected ':' behind key '" + key + "'");
      }
      at++;
      if (map.containsKey(key)) {
        throw place.error("key '" + key + "' occurs twice");
      }
      map.put(key, value(depth - 1));
      separator('}');
    }
    return map;
  }

  private boolean closes(char end) throws ModelFormatException {
    space();
    if (at >= text.length()) {
      throw place.error("a bracket is never closed");
    }
    if (text.charAt(at) != end) {
      return false;
    }
    at++;
    return true;
  }

  private void separator(char end) throws ModelFormatException {
    space();
    if (at < text.length() && text.charAt(at) == ',') {
      at++;
    } else if (at >= text.length() || text.charAt(at) != end) {
      throw place.error("expected ',' or '" + end + "'");
    }
  }

  /** A scalar up to one of {@code ends}. */
  private String token(String ends) throws ModelFormatException {
    space();
    int from = at;
    if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
      at = quoteEnd(text, at);
      if (at < 0) {
        throw place.error("a quote is never closed");
      }
    } else {
      while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
        at++;
      }
    }
    String token = text.substring(from, at).strip();
    space();
    return token;
  }

  private void space() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }
}

package org.qieemo.converter.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.Place;

/**
 * Reads YAML values that stand in one text: flow maps and lists, quoted and plain scalars. Not
 * thread-safe.
 */
final class YamlFlow {
  private static final int FEW = 2;

  private final Place place;
  private final TextBudget budget;
  private byte[] text;
  private int at;
  private int to;

  YamlFlow(Place place, TextBudget budget) {
    this.place = place;
    this.budget = budget;
  }

  /** The value that a part of a text stands for; the part is not empty. */
  Object parse(byte[] bytes, int from, int end, int maxDepth) throws ModelFormatException {
    if (bytes[from] != '[' && bytes[from] != '{') {
      return YamlScalar.value(bytes, from, end, place, budget);
    }
    text = bytes;
    at = from;
    to = end;
    Object value = value(maxDepth);
    space();
    if (at < to) {
      throw place.error("text behind a closed bracket");
    }
    return value;
  }

  private Object value(int depth) throws ModelFormatException {
    space();
    if (depth <= 0) {
      throw place.error("nested too deeply");
    }
    if (at >= to) {
      throw place.error("a bracket is never closed");
    }
    switch (text[at]) {
      case '[':
        return list(depth);
      case '{':
        return map(depth);
      default:
        int from = at;
        return YamlScalar.value(text, from, token(",]}"), place, budget);
    }
  }

  private List<Object> list(int depth) throws ModelFormatException {
    budget.charge(TextBudget.LIST, place);
    List<Object> list = new ArrayList<>(FEW);
    at++;
    while (!closes(']')) {
      budget.charge(TextBudget.ELEMENT, place);
      list.add(value(depth - 1));
      separator(']');
    }
    return list;
  }

  private Map<String, Object> map(int depth) throws ModelFormatException {
    budget.charge(TextBudget.MAP, place);
    Map<String, Object> map = new LinkedHashMap<>(FEW);
    at++;
    while (!closes('}')) {
      budget.charge(TextBudget.ENTRY, place);
      int from = at;
      String key = YamlScalar.key(text, from, token(":,}"), place, budget);
      if (at >= to || text[at] != ':') {
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
    if (at >= to) {
      throw place.error("a bracket is never closed");
    }
    if (text[at] != end) {
      return false;
    }
    at++;
    return true;
  }

  private void separator(char end) throws ModelFormatException {
    space();
    if (at < to && text[at] == ',') {
      at++;
    } else if (at >= to || text[at] != end) {
      throw place.error("expected ',' or '" + end + "'");
    }
  }

  /** Goes behind a scalar that one of {@code ends} ends; returns where it ends itself. */
  private int token(String ends) throws ModelFormatException {
    int from = at;
    if (text[at] == '"' || text[at] == '\'') {
      at = Utf8.quoteEnd(text, at, to);
      if (at < 0) {
        throw place.error("a quote is never closed");
      }
    } else {
      while (at < to && ends.indexOf(text[at]) < 0) {
        at++;
      }
    }
    int end = Utf8.stripped(text, from, at);
    space();
    return end;
  }

  private void space() {
    at = Utf8.skipSpace(text, at, to);
  }
}

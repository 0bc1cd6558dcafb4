package org.qieemo.converter.family;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.qieemo.FormatException;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.text.TextBudget;
import org.qieemo.converter.text.Utf8;

/** Reads lists of tokens. Not thread-safe. */
final class TokenFile {
  private static final int LEAST_LINE = 4; // a token, a space, an id, the line's end
  private static final int MAX_ID_DIGITS = 7;

  private final byte[] text;
  private final String source;
  private final TextBudget budget = new TextBudget();
  private int number;
  private int next;
  private int from;
  private int to;

  private TokenFile(byte[] text, String source) throws ModelFormatException {
    this.text = text;
    this.source = source;
    if (!Utf8.isValid(text)) {
      throw error(source, "not valid UTF-8");
    }
  }

  /** Lines of "token id", in any order, as many as there are classes. */
  static List<String> withIds(byte[] bytes, String source, int classes)
      throws ModelFormatException {
    TokenFile file = new TokenFile(bytes, source);
    // a checkpoint may announce any number of classes: no file has more than these
    String[] tokens = new String[Math.min(classes, bytes.length / LEAST_LINE + 1)];
    while (file.line()) {
      file.to = Utf8.stripped(bytes, file.from, file.to);
      int space = file.lastSpace();
      int id = file.id(space + 1);
      if (space <= file.from || id < 0) {
        throw file.error("expected 'token id'");
      }
      if (id >= classes || id < tokens.length && tokens[id] != null) {
        throw file.error(
            "id " + id + " occurs twice or is not below " + classes + ", the rows of the CTC head");
      }
      if (id < tokens.length) {
        tokens[id] = file.token(space);
      }
    }
    int missing = Arrays.asList(tokens).indexOf(null);
    if (missing < 0 && tokens.length < classes) {
      missing = tokens.length;
    }
    if (missing >= 0) {
      throw error(source, "no token for id " + missing + "; the CTC head has " + classes + " rows");
    }
    return Arrays.asList(tokens);
  }

  /** One token per line. */
  static List<String> lines(byte[] bytes, String source) throws ModelFormatException {
    TokenFile file = new TokenFile(bytes, source);
    List<String> lines = new ArrayList<>();
    while (file.line()) {
      file.budget.charge(TextBudget.ELEMENT, file::error);
      lines.add(file.token(file.to));
    }
    return lines;
  }

  /** Goes to the next line that is not empty. */
  private boolean line() {
    do {
      from = next;
      to = from;
      while (to < text.length && text[to] != '\n') {
        to++;
      }
      next = Math.min(to + 1, text.length);
      number++;
      if (to > from && text[to - 1] == '\r') {
        to--;
      }
    } while (from == to && next < text.length);
    return from < to;
  }

  private int lastSpace() {
    int at = to - 1;
    while (at >= from && text[at] != ' ' && text[at] != '\t') {
      at--;
    }
    return at;
  }

  /** The number from here to the end of the line, or -1. */
  private int id(int start) {
    int id = 0;
    for (int i = start; i < to; i++) {
      if (text[i] < '0' || text[i] > '9') {
        return -1;
      }
      id = id * 10 + text[i] - '0';
    }
    return start == to || to - start > MAX_ID_DIGITS ? -1 : id;
  }

  private String token(int end) throws ModelFormatException {
    budget.grant(next);
    budget.chargeString(text, from, end, this::error);
    return Utf8.string(text, from, end);
  }

  private ModelFormatException error(String reason) {
    return error(source, "line " + number + ": " + reason);
  }

  static ModelFormatException error(String source, String reason) {
    return new ModelFormatException(source, FormatException.NO_OFFSET, reason);
  }
}

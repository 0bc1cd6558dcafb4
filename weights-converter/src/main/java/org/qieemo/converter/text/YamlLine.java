package org.qieemo.converter.text;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.ModelFormatException;

/**
 * A line of YAML that is neither empty nor a comment.
 *
 * @param number from 1
 * @param indent spaces before the text
 * @param text without comment and outer spaces
 */
record YamlLine(int number, int indent, String text) {

  /** The lines that matter. */
  static List<YamlLine> split(String document, String source) throws ModelFormatException {
    List<YamlLine> lines = new ArrayList<>();
    String[] all = document.split("\n", -1);
    boolean ended = false;
    for (int i = 0; i < all.length; i++) {
      String line = all[i].endsWith("\r") ? all[i].substring(0, all[i].length() - 1) : all[i];
      if (i == 0 && line.startsWith("\ufeff")) {
        line = line.substring(1);
      }
      String text = withoutComment(line);
      boolean marker = line.equals("---") || line.equals("...");
      if (marker && line.equals("...")) {
        ended = true;
      }
      if (text.isBlank() || marker && (lines.isEmpty() || ended)) {
        continue;
      }
      if (marker || ended || line.startsWith("%")) {
        throw error(source, i, "several documents or a directive: unsupported");
      }
      int indent = indent(text);
      if (text.charAt(indent) == '\t') {
        throw error(source, i, "a tab in the indentation");
      }
      lines.add(new YamlLine(i + 1, indent, text.strip()));
    }
    return lines;
  }

  private static ModelFormatException error(String source, int index, String reason) {
    return new ModelFormatException(source, -1, "line " + (index + 1) + ": " + reason);
  }

  private static int indent(String line) {
    int indent = 0;
    while (line.charAt(indent) == ' ') {
      indent++;
    }
    return indent;
  }

  /** Cuts a comment: a # at the start or behind a space, outside quotes. */
  private static String withoutComment(String line) {
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      char before = i == 0 ? ' ' : line.charAt(i - 1);
      boolean doubled = quote == '\'' && line.startsWith("''", i);
      if (quote == '"' && c == '\\' || doubled) {
        i++;
      } else if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if ((c == '"' || c == '\'') && " [{,:-".indexOf(before) >= 0) {
        quote = c;
      } else if (c == '#' && (before == ' ' || before == '\t')) {
        return line.substring(0, i);
      }
    }
    return line;
  }

  /** Whether the line is an item of a block list. */
  boolean isItem() {
    return text.equals("-") || text.startsWith("- ");
  }

  /** The item behind the dash as a line of its own. */
  YamlLine afterDash() {
    String rest = text.substring(1);
    return new YamlLine(number, rest.isBlank() ? indent : indent + 1 + indent(rest), rest.strip());
  }

  /** Whether this is the first line of a block list or map rather than a scalar. */
  boolean isBlockStart() {
    return isItem() || keyEnd() >= 0;
  }

  /** Where the colon of {@code key: value} stands, or -1 if the line is no entry of a map. */
  int keyEnd() {
    if (text.startsWith("[") || text.startsWith("{")) {
      return -1;
    }
    int from = 0;
    if (text.startsWith("\"") || text.startsWith("'")) {
      from = YamlFlow.quoteEnd(text, 0);
      return from > 0 && text.startsWith(":", from) && isColon(from) ? from : -1;
    }
    for (int i = text.indexOf(':', from); i >= 0; i = text.indexOf(':', i + 1)) {
      if (isColon(i)) {
        return i;
      }
    }
    return -1;
  }

  private boolean isColon(int i) {
    return i + 1 == text.length() || text.charAt(i + 1) == ' ';
  }
}

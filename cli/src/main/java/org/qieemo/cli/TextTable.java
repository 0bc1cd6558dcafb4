package org.qieemo.cli;

import java.util.ArrayList;
import java.util.List;

/** A table in columns: the first to the left, the others to the right. */
final class TextTable {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  TextTable row(List<String> cells) {
    rows.add(cells.stream().map(Text::oneLine).toList());
    return this;
  }

  /** The lines, each behind an indentation. */
  List<String> lines(String indentation) {
    int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> indentation + line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder(Text.pad(row.get(0), widths[0]));
    for (int i = 1; i < row.size(); i++) {
      String cell = row.get(i);
      line.append(GAP).append(" ".repeat(widths[i] - cell.length())).append(cell);
    }
    return line.toString();
  }
}

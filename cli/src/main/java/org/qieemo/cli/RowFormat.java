package org.qieemo.cli;

import java.util.List;

/**
 * How rows of a result file begin and end, as far as continuing it needs to know.
 *
 * @param csv CSV whose last column is the error, or JSON lines
 * @param schema of the JSON lines
 */
record RowFormat(boolean csv, String schema) {
  /** The text that every row about a file begins with, and no row about another. */
  String beginning(String file) {
    if (csv) {
      return Text.oneLine(CsvWriter.line(List.of(file)).stripTrailing()) + ",";
    }
    JsonWriter json = new JsonWriter().beginObject().member("schema", schema);
    return json.member("file", file) + ",";
  }

  /** Whether a row about a file says that it failed. */
  boolean failed(String row, String file) {
    return csv ? !row.endsWith(",") : row.startsWith("\"error\":", beginning(file).length());
  }

  /** Refuses a line of the earlier run. */
  static void require(boolean right, String output, int number, String wrong) throws FileFailure {
    if (!right) {
      throw new FileFailure(
          Text.oneLine(output + ": line " + number + " " + wrong)
              + ": --resume needs the same files and options as before, or delete it");
    }
  }
}

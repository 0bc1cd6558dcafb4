package org.qieemo.cli;

import java.util.List;

/**
 * One record of a CSV file.
 *
 * @param line where it begins, counted from 1
 * @param fields without their quotes
 */
record CsvRecord(int line, List<String> fields) {
  /** A line with nothing on it. */
  boolean isBlank() {
    return fields.size() == 1 && fields.get(0).isBlank();
  }
}

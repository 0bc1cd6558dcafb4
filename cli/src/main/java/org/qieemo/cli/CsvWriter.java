package org.qieemo.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Writes comma-separated values, quoted as RFC 4180 says where they need it. */
final class CsvWriter {
  private CsvWriter() {}

  /** One record with its line feed. */
  static String line(List<String> fields) {
    return fields.stream().map(CsvWriter::quoted).collect(Collectors.joining(",", "", "\n"));
  }

  private static String quoted(String field) {
    boolean needed = field.chars().anyMatch(c -> "\",\r\n".indexOf(c) >= 0);
    return needed || !field.equals(field.strip()) ? '"' + field.replace("\"", "\"\"") + '"' : field;
  }
}

package org.qieemo.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Labelled utterances: a CSV file whose first line names its columns. {@code file} and {@code
 * label} are needed, {@code speaker}, {@code fold} and {@code model} are optional, others are
 * ignored. Files and models are relative to the manifest's folder.
 *
 * @param name the manifest as the user wrote it
 * @param columns those of the known columns that it has
 * @param rows in order, at least one
 */
record Manifest(String name, Set<String> columns, List<ManifestRow> rows) {
  static final String FILE = "file";
  static final String LABEL = "label";
  static final String SPEAKER = "speaker";
  static final String FOLD = "fold";
  static final String MODEL = "model";
  private static final List<String> KNOWN = List.of(FILE, LABEL, SPEAKER, FOLD, MODEL);

  /**
   * Reads a manifest.
   *
   * @throws FileFailure naming the line that is wrong
   */
  static Manifest read(String name) throws FileFailure {
    return new Reader(name).read(CsvReader.read(name));
  }

  boolean has(String column) {
    return columns.contains(column);
  }

  /** What is wrong in a row. */
  FileFailure error(ManifestRow row, String reason) {
    return CsvReader.error(name, row.line(), reason);
  }

  private static final class Reader {
    private final String name;
    private final Map<String, Integer> columns = new HashMap<>();
    private final Map<Path, Integer> lines = new HashMap<>();

    Reader(String name) {
      this.name = name;
    }

    Manifest read(List<CsvRecord> records) throws FileFailure {
      if (records.isEmpty()) {
        throw CsvReader.error(name, 1, "the file is empty: expected the header file,label");
      }
      CsvRecord header = records.get(0);
      header(header);
      List<ManifestRow> rows = new ArrayList<>();
      for (CsvRecord record : records.subList(1, records.size())) {
        rows.add(row(record, header.fields().size()));
      }
      if (rows.isEmpty()) {
        throw CsvReader.error(name, header.line(), "no row follows the header");
      }
      Set<String> known = new TreeSet<>(columns.keySet());
      known.retainAll(KNOWN);
      return new Manifest(name, Set.copyOf(known), List.copyOf(rows));
    }

    private void header(CsvRecord header) throws FileFailure {
      for (int i = 0; i < header.fields().size(); i++) {
        String column = header.fields().get(i).strip().toLowerCase(Locale.ROOT);
        if (columns.put(column, i) != null && KNOWN.contains(column)) {
          throw CsvReader.error(name, header.line(), "column '" + column + "' occurs twice");
        }
      }
      for (String needed : List.of(FILE, LABEL)) {
        if (!columns.containsKey(needed)) {
          String found = String.join(",", header.fields());
          throw CsvReader.error(
              name,
              header.line(),
              "column '" + needed + "' is missing: expected file,label, found " + found);
        }
      }
    }

    private ManifestRow row(CsvRecord record, int width) throws FileFailure {
      int found = record.fields().size();
      if (found != width) {
        throw CsvReader.error(
            name, record.line(), "expected " + width + " fields as in the header, found " + found);
      }
      String file = needed(record, FILE);
      Path path = path(record, file);
      Integer first = lines.putIfAbsent(path.toAbsolutePath().normalize(), record.line());
      if (first != null) {
        throw CsvReader.error(
            name, record.line(), "file '" + file + "' stands in line " + first + " already");
      }
      String model = optional(record, MODEL);
      return new ManifestRow(
          record.line(),
          file,
          path,
          needed(record, LABEL),
          columns.containsKey(SPEAKER) ? needed(record, SPEAKER) : "",
          columns.containsKey(FOLD) ? needed(record, FOLD) : "",
          model.isEmpty() ? "" : path(record, model).toString());
    }

    private String optional(CsvRecord record, String column) {
      Integer index = columns.get(column);
      return index == null ? "" : record.fields().get(index).strip();
    }

    private String needed(CsvRecord record, String column) throws FileFailure {
      String value = optional(record, column);
      if (value.isEmpty()) {
        throw CsvReader.error(name, record.line(), "column '" + column + "' is empty");
      }
      return value;
    }

    private Path path(CsvRecord record, String written) throws FileFailure {
      try {
        return Path.of(name).resolveSibling(written);
      } catch (InvalidPathException e) {
        throw CsvReader.error(name, record.line(), "'" + written + "': " + Failures.reason(e));
      }
    }
  }
}

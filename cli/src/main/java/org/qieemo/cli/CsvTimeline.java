package org.qieemo.cli;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.Emotion;
import org.qieemo.TimelineSegment;
import org.qieemo.Word;

/**
 * A row per segment: file, start, end, label, confidence, and the probability of each label.
 * Silence has no probabilities. Words are rows too, with the text in a column of their own. The
 * last column is the error, in a row of its own for a file that failed.
 */
final class CsvTimeline implements TimelinePrinter {
  private final Console console;
  private final List<String> labels;
  private final boolean words;
  private String file;

  CsvTimeline(Console console, List<String> labels, boolean words) {
    this.console = console;
    this.labels = labels;
    this.words = words;
  }

  @Override
  public void begin() {
    List<String> header = new ArrayList<>(List.of("file", "start", "end", "label", "confidence"));
    header.addAll(labels);
    if (words) {
      header.add("word");
    }
    header.add("error");
    print(header);
  }

  @Override
  public void file(String name) {
    file = name;
  }

  @Override
  public void segment(TimelineSegment segment) {
    List<String> row = row(segment.start(), segment.end(), segment.label());
    row.add(segment.emotion().map(e -> String.valueOf(e.confidence())).orElse(""));
    for (String label : labels) {
      row.add(segment.emotion().map(Emotion::scores).map(s -> s.get(label).toString()).orElse(""));
    }
    print(fill(row, 0));
  }

  @Override
  public void word(Word word) {
    List<String> row = fill(row(word.start(), word.end(), ""), 2);
    row.add(word.text());
    print(fill(row, 0));
  }

  private List<String> row(double start, double end, String label) {
    return new ArrayList<>(List.of(file, Text.plain(start), Text.plain(end), label));
  }

  /** Adds empty columns, until so many are left. */
  private List<String> fill(List<String> row, int left) {
    int columns = labels.size() + (words ? 7 : 6);
    while (row.size() < columns - left) {
      row.add("");
    }
    return row;
  }

  private void print(List<String> row) {
    console.line(CsvWriter.line(row).stripTrailing());
  }

  @Override
  public void endFile(double seconds) {}

  @Override
  public void failure(String reason) {
    List<String> row = fill(new ArrayList<>(List.of(file)), 1);
    row.add(reason);
    print(row);
  }

  @Override
  public void end() {}
}

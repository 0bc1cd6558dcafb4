package org.qieemo.cli;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.Emotion;
import org.qieemo.TimelineSegment;
import org.qieemo.Word;

/**
 * A row per segment: file, start, end, label, confidence, and the probability of each label.
 * Silence has no probabilities. Words are rows too, with the text in the last column.
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
    if (words) {
      row.add("");
    }
    print(row);
  }

  @Override
  public void word(Word word) {
    List<String> row = row(word.start(), word.end(), "");
    row.add("");
    labels.forEach(label -> row.add(""));
    row.add(word.text());
    print(row);
  }

  private List<String> row(double start, double end, String label) {
    return new ArrayList<>(List.of(file, Text.plain(start), Text.plain(end), label));
  }

  private void print(List<String> row) {
    console.json(CsvWriter.line(row).stripTrailing());
  }

  @Override
  public void endFile(double seconds) {}

  @Override
  public void failure(String reason) {
    console.error(file + ": " + reason);
  }

  @Override
  public void end() {}
}

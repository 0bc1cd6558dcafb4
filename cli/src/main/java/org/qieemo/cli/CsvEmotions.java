package org.qieemo.cli;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.Emotion;

/** A row per file: file, duration, label, confidence, each label's probability, error. */
final class CsvEmotions implements EmotionPrinter {
  private final Console console;
  private final List<String> labels;

  CsvEmotions(Console console, List<String> labels) {
    this.console = console;
    this.labels = labels;
  }

  /** The first line. */
  @Override
  public void begin() {
    List<String> header = new ArrayList<>(List.of("file", "duration", "label", "confidence"));
    header.addAll(labels);
    header.add("error");
    print(header);
  }

  @Override
  public void emotion(String file, Emotion emotion) {
    List<String> row = new ArrayList<>(List.of(file, String.valueOf(emotion.seconds())));
    row.add(emotion.label());
    row.add(String.valueOf(emotion.confidence()));
    labels.forEach(label -> row.add(emotion.scores().get(label).toString()));
    row.add("");
    print(row);
  }

  @Override
  public void failure(String file, String reason) {
    List<String> row = new ArrayList<>(List.of(file, "", "", ""));
    labels.forEach(label -> row.add(""));
    row.add(reason);
    print(row);
  }

  private void print(List<String> row) {
    console.json(Text.oneLine(CsvWriter.line(row).stripTrailing()));
  }

  @Override
  public void end() {}
}

package org.qieemo.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.qieemo.Emotion;

/** One readable line per file: file, label, probability, a bar, the other labels by probability. */
final class TextEmotions implements EmotionPrinter {
  private static final int BAR = 10;
  private static final int MOST_PADDING = 40;
  private static final int MOST_OTHERS = 8;

  private final Console console;
  private final int fileWidth;
  private final int labelWidth;

  TextEmotions(Console console, List<String> files, List<String> labels) {
    this.console = console;
    fileWidth = 1 + Math.min(MOST_PADDING, longest(files));
    labelWidth = Math.min(MOST_PADDING, longest(labels));
  }

  private static int longest(List<String> texts) {
    return texts.stream().mapToInt(String::length).max().orElse(0);
  }

  @Override
  public void begin() {}

  @Override
  public void emotion(String file, Emotion emotion) {
    console.line(
        Text.pad(file + ":", fileWidth)
            + " "
            + Text.pad(emotion.label(), labelWidth)
            + " "
            + Text.fixed(emotion.score(), 3)
            + " "
            + bar(emotion.score())
            + " "
            + others(emotion));
  }

  private static String bar(double score) {
    int filled = (int) Math.round(score * BAR);
    return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]";
  }

  private static String others(Emotion emotion) {
    return emotion.scores().entrySet().stream()
        .filter(e -> !e.getKey().equals(emotion.label()))
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(MOST_OTHERS)
        .map(e -> e.getKey() + " " + Text.fixed(e.getValue(), 3))
        .collect(Collectors.joining(", "));
  }

  @Override
  public void failure(String file, String reason) {
    console.error(file + ": " + reason);
  }

  @Override
  public void end() {}
}

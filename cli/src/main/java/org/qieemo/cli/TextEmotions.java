package org.qieemo.cli;

import java.util.List;
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
  private final int others;

  /**
   * Begins.
   *
   * @param top how many labels are printed; 0 for the most that fit a line
   */
  TextEmotions(Console console, List<String> files, List<String> labels, int top) {
    this.console = console;
    fileWidth = 1 + Math.min(MOST_PADDING, longest(files));
    labelWidth = Math.min(MOST_PADDING, longest(labels));
    others = top == 0 ? MOST_OTHERS : top - 1;
  }

  private static int longest(List<String> texts) {
    return texts.stream().mapToInt(String::length).max().orElse(0);
  }

  @Override
  public void begin() {}

  @Override
  public void emotion(String file, Emotion emotion) {
    console.line(Text.pad(file + ":", fileWidth) + " " + answer(emotion));
  }

  /** Label, probability, a bar, the other labels. */
  String answer(Emotion emotion) {
    String line =
        Text.pad(emotion.label(), labelWidth)
            + " "
            + Text.fixed(emotion.confidence(), 3)
            + " "
            + bar(emotion.confidence())
            + " "
            + others(emotion);
    return line.stripTrailing();
  }

  private static String bar(double score) {
    int filled = (int) Math.round(score * BAR);
    return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "]";
  }

  /** The labels that are not the answer; all of them where the answer is unknown. */
  private String others(Emotion emotion) {
    return emotion.top(emotion.scores().size()).stream()
        .filter(score -> !score.label().equals(emotion.label()))
        .limit(others)
        .map(score -> score.label() + " " + Text.fixed(score.probability(), 3))
        .collect(Collectors.joining(", "));
  }

  @Override
  public void failure(String file, String reason) {
    console.error(file + ": " + reason);
  }

  @Override
  public void end() {}
}

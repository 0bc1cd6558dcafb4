package org.qieemo.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qieemo.Emotion;

/** Which colour class of {@code report.css} an answer has. Immutable. */
final class ReportColours {
  private static final int COUNT = 8;
  private static final Map<String, Integer> USUAL =
      Map.ofEntries(
          Map.entry("anger", 0),
          Map.entry("angry", 0),
          Map.entry("happiness", 1),
          Map.entry("happy", 1),
          Map.entry("joy", 1),
          Map.entry("neutral", 2),
          Map.entry("calm", 2),
          Map.entry("sadness", 3),
          Map.entry("sad", 3),
          Map.entry("fear", 4),
          Map.entry("fearful", 4),
          Map.entry("disgust", 5),
          Map.entry("boredom", 6),
          Map.entry("surprise", 7),
          Map.entry("surprised", 7));

  private final List<String> labels;
  private final int[] colours;

  /** Usual labels have their usual colours; others take what is left, again from the beginning. */
  ReportColours(List<String> labels) {
    this.labels = labels;
    colours = new int[labels.size()];
    List<Integer> left = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7));
    labels.forEach(label -> left.remove(USUAL.get(label.toLowerCase(Locale.ROOT))));
    int next = 0;
    for (int k = 0; k < colours.length; k++) {
      Integer usual = USUAL.get(labels.get(k).toLowerCase(Locale.ROOT));
      int free = left.isEmpty() ? next % COUNT : left.get(next % left.size());
      colours[k] = usual == null ? free : usual;
      next += usual == null ? 1 : 0;
    }
  }

  /** The class of a label. */
  String of(int label) {
    return "k" + colours[label];
  }

  /** The class of any answer. */
  String of(String answer) {
    int label = labels.indexOf(answer);
    if (label >= 0) {
      return of(label);
    }
    return answer.equals(Emotion.UNKNOWN) ? "unknown" : "silence";
  }
}

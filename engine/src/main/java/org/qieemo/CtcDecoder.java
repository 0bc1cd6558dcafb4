package org.qieemo;

import java.util.List;
import org.qieemo.weights.CtcConfig;

/**
 * Greedy CTC: the best token of each frame, repeats merged, blanks dropped. A SentencePiece word
 * mark (U+2581) and {@code <space>} become spaces; other tokens in angle brackets are left out.
 */
final class CtcDecoder {
  private static final String WORD_MARK = "\u2581";

  private final int blank;
  private final List<String> tokens;

  CtcDecoder(CtcConfig config) {
    blank = config.blank();
    tokens = config.tokens();
  }

  /** The text of logits [frames, V]. */
  String decode(float[] logits) {
    StringBuilder text = new StringBuilder();
    int vocabulary = tokens.size();
    int last = blank;
    for (int from = 0; from < logits.length; from += vocabulary) {
      int best = argmax(logits, from, vocabulary);
      if (best != last && best != blank) {
        text.append(written(best));
      }
      last = best;
    }
    return text.toString().strip();
  }

  static int argmax(float[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = values[from + i] > values[from + best] ? i : best;
    }
    return best;
  }

  /** A token as text: with spaces for word marks, empty for special tokens. */
  String written(int index) {
    String token = tokens.get(index);
    if (token.equals("<space>")) {
      return " ";
    }
    boolean special = token.length() > 2 && token.startsWith("<") && token.endsWith(">");
    return special ? "" : token.replace(WORD_MARK, " ");
  }
}

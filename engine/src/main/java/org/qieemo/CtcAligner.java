package org.qieemo;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.weights.CtcConfig;

/**
 * Greedy CTC with times: as {@link CtcDecoder}, but words with the frames they lie in. Spaces part
 * words, and an ideograph is a word of its own. Logits come in pieces. Confined to one thread.
 */
final class CtcAligner {
  private final CtcDecoder decoder;
  private final int vocabulary;
  private final int blank;
  private final double frameSeconds;
  private final List<Word> complete = new ArrayList<>();
  private final StringBuilder open = new StringBuilder(); // the word going on
  private long frame;
  private int last;
  private long begin; // frames of the open word
  private long end;

  CtcAligner(CtcConfig config, CtcDecoder decoder, double frameSeconds) {
    this.decoder = decoder;
    this.vocabulary = config.vocabulary();
    this.blank = config.blank();
    this.frameSeconds = frameSeconds;
    this.last = blank;
  }

  /** Takes logits [frames, V] and returns the words that they complete. */
  List<Word> push(float[] logits) {
    for (int from = 0; from < logits.length; from += vocabulary) {
      int best = CtcDecoder.argmax(logits, from, vocabulary);
      if (best != blank) {
        token(best);
      }
      last = best;
      frame++;
    }
    return take();
  }

  /** The word going on ends here. */
  List<Word> finish() {
    close();
    return take();
  }

  private void token(int best) {
    if (best == last) {
      end = frame + 1;
      return;
    }
    String text = decoder.written(best);
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int character = text.codePointAt(i);
      boolean space = character == ' ';
      if (space || Character.isIdeographic(character)) {
        close();
      }
      if (!space) {
        begin = open.isEmpty() ? frame : begin;
        end = frame + 1;
        open.appendCodePoint(character);
      }
      if (Character.isIdeographic(character)) {
        close();
      }
    }
  }

  private void close() {
    if (!open.isEmpty()) {
      complete.add(new Word(open.toString(), begin * frameSeconds, end * frameSeconds));
      open.setLength(0);
    }
  }

  private List<Word> take() {
    List<Word> words = List.copyOf(complete);
    complete.clear();
    return words;
  }
}

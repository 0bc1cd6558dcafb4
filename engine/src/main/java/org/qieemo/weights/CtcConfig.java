package org.qieemo.weights;

import java.util.List;

/**
 * The CTC head.
 *
 * @param blank index of the blank token
 * @param tokens V tokens, the blank among them
 */
public record CtcConfig(int blank, List<String> tokens) {
  /** Checks the blank. */
  public CtcConfig {
    tokens = List.copyOf(tokens);
    Checks.range("ctc.tokens (their number)", tokens.size(), 2, 1_000_000);
    Checks.range("ctc.blank", blank, 0, tokens.size() - 1);
  }

  /** V. */
  public int vocabulary() {
    return tokens.size();
  }
}

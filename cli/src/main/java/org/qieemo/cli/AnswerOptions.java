package org.qieemo.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.ClassPrior;
import org.qieemo.DecisionOptions;
import org.qieemo.EmotionRecognizer;

/** The options that say how probabilities become an answer. */
final class AnswerOptions {
  private static final String UNIFORM = "uniform";
  private static final String WEIGHT = "[^=,]+=[0-9]{1,9}(\\.[0-9]{1,9})?";

  static final Option TOP =
      Option.number("--top", "print the N most probable labels, the best first", 1, 10_000);
  static final Option UNKNOWN_BELOW =
      Option.decimal(
          "--unknown-below", "P", "answer 'unknown' where the best label has less than P", 0, 1);
  static final Option LABELS =
      new Option(
          "--labels",
          "A,B,...",
          "choose among these labels; their probabilities sum to 1",
          false,
          value -> value.matches("[^,]+(,[^,]+)+") ? null : "two labels or more, such as a,b,c");
  static final Option PRIOR =
      new Option(
          "--prior",
          "A=P,B=P,...",
          "take off how often each label was learned from; 'uniform': nothing",
          false,
          AnswerOptions::wrongPrior);
  static final Option PRIOR_TAU =
      Option.decimal("--prior-tau", "T", "how much of --prior is taken off; default: 1", 0, 10);

  /** Those that change the answer, not only what is printed of it. */
  static final List<Option> DECIDING = List.of(UNKNOWN_BELOW, LABELS, PRIOR, PRIOR_TAU);

  /** All of them. */
  static final List<Option> ALL = List.of(TOP, UNKNOWN_BELOW, LABELS, PRIOR, PRIOR_TAU);

  private AnswerOptions() {}

  private static String wrongPrior(String value) {
    boolean good = value.equals(UNIFORM) || value.matches(WEIGHT + "(," + WEIGHT + ")*");
    return good ? null : "uniform, or a weight per label such as anger=0.2,neutral=0.8";
  }

  /** How many labels to print, 0 for no limit. */
  static int top(Arguments arguments) {
    return Integer.parseInt(arguments.get(TOP.name(), "0"));
  }

  /**
   * What the command line says.
   *
   * @throws UsageException if the model does not have the labels
   */
  static DecisionOptions of(Arguments arguments, EmotionRecognizer recognizer)
      throws UsageException {
    DecisionOptions options =
        DecisionOptions.DEFAULT
            .withUnknownBelow(Double.parseDouble(arguments.get(UNKNOWN_BELOW.name(), "0")))
            .withPrior(prior(arguments));
    String labels = arguments.get(LABELS.name(), null);
    try {
      options = labels == null ? options : options.withLabels(List.of(labels.split(",")));
      recognizer.labels(options);
      return options;
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private static ClassPrior prior(Arguments arguments) throws UsageException {
    String text = arguments.get(PRIOR.name(), null);
    if (text == null || text.equals(UNIFORM)) {
      if (arguments.has(PRIOR_TAU.name())) {
        throw new UsageException("--prior-tau needs the weights of --prior");
      }
      return text == null ? null : ClassPrior.UNIFORM;
    }
    Map<String, Double> weights = new LinkedHashMap<>();
    for (String part : text.split(",")) {
      int equals = part.indexOf('=');
      weights.put(part.substring(0, equals), Double.parseDouble(part.substring(equals + 1)));
    }
    double tau = Double.parseDouble(arguments.get(PRIOR_TAU.name(), "1"));
    try {
      return new ClassPrior(weights, tau);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--prior: " + e.getMessage());
    }
  }
}

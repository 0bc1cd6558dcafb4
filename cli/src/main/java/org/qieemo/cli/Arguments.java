package org.qieemo.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A parsed command line.
 *
 * @param operands what is no option, in order
 * @param values of the options that were given; empty for flags
 */
record Arguments(List<String> operands, Map<String, String> values) {

  /** Whether an option was given. */
  boolean has(String option) {
    return values.containsKey(option);
  }

  /** The value of an option, or a default. */
  String get(String option, String absent) {
    return values.getOrDefault(option, absent);
  }

  /**
   * Parses what follows the command's name.
   *
   * @throws UsageException naming what is wrong and what is accepted
   */
  static Arguments parse(CommandSpec spec, List<String> words) throws UsageException {
    Parser parser = new Parser(spec, words);
    parser.parse();
    return new Arguments(List.copyOf(parser.operands), Map.copyOf(parser.values));
  }

  /** Checks that nothing is missing; apart from parsing so that {@code --help} needs nothing. */
  void requireAll(CommandSpec spec) throws UsageException {
    int count = operands.size();
    if (count < spec.leastOperands()) {
      throw new UsageException("missing " + spec.operands() + ": usage is " + spec.usage());
    }
    if (count > spec.mostOperands()) {
      String surplus = operands.get(spec.mostOperands());
      throw new UsageException("unexpected '" + surplus + "': usage is " + spec.usage());
    }
    for (Option option : spec.options()) {
      if (option.required() && !has(option.name())) {
        throw new UsageException(
            "option " + option.name() + " is missing: usage is " + spec.usage());
      }
    }
  }

  private static final class Parser {
    private final CommandSpec spec;
    private final List<String> words;
    private final List<String> operands = new ArrayList<>();
    private final Map<String, String> values = new HashMap<>();
    private int next;

    Parser(CommandSpec spec, List<String> words) {
      this.spec = spec;
      this.words = words;
    }

    void parse() throws UsageException {
      while (next < words.size()) {
        String word = words.get(next++);
        if (word.equals("--")) {
          operands.addAll(words.subList(next, words.size()));
          return;
        }
        if (word.startsWith("-") && word.length() > 1) {
          option(word.equals("-h") ? "--help" : word);
        } else {
          operands.add(word);
        }
      }
    }

    private void option(String word) throws UsageException {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      Option option = find(name);
      String value = equals < 0 ? value(option) : word.substring(equals + 1);
      if (option.isFlag() && equals >= 0) {
        throw new UsageException("option " + name + " takes no value, found '" + value + "'");
      }
      String accepted = option.check().wrong(value);
      if (accepted != null) {
        throw new UsageException(
            "option " + name + ": expected " + accepted + ", found '" + value + "'");
      }
      if (values.put(name, value) != null) {
        throw new UsageException("option " + name + " is given twice: give it once");
      }
    }

    private String value(Option option) throws UsageException {
      if (option.isFlag()) {
        return "";
      }
      if (next == words.size() || words.get(next).startsWith("--")) {
        throw new UsageException("option " + option.name() + " needs a value: " + option.usage());
      }
      return words.get(next++);
    }

    private Option find(String name) throws UsageException {
      for (Option option : spec.allOptions()) {
        if (option.name().equals(name)) {
          return option;
        }
      }
      List<String> known = spec.allOptions().stream().map(Option::name).toList();
      Optional<String> meant = Text.closest(name, known);
      throw new UsageException(
          "unknown option '"
              + name
              + "'"
              + meant.map(m -> ", did you mean " + m + "?").orElse("")
              + " (accepted: "
              + String.join(", ", known)
              + "; a file name that starts with '-' goes behind --)");
    }
  }
}

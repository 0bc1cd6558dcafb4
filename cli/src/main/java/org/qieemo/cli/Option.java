package org.qieemo.cli;

import java.util.List;
import java.util.function.Supplier;

/**
 * An option of a command. It checks its own values.
 *
 * @param name as written, {@code --format}
 * @param value what stands for the value in the help, null for a flag without value
 * @param text what it does, one line
 * @param required whether the command needs it
 * @param check refuses wrong values
 */
record Option(String name, String value, String text, boolean required, Check check) {

  /** Refuses wrong values. */
  interface Check {
    /** What is accepted instead of {@code value}, or null if the value is good. */
    String wrong(String value);
  }

  static Option flag(String name, String text) {
    return new Option(name, null, text, false, value -> null);
  }

  static Option text(String name, String value, String text) {
    return new Option(
        name, value, text, false, v -> v.isEmpty() ? "a " + value + " that is not empty" : null);
  }

  static Option choice(String name, String text, String... choices) {
    return choice(name, String.join("|", choices), text, () -> List.of(choices));
  }

  static Option choice(String name, String value, String text, Supplier<List<String>> choices) {
    return new Option(
        name, value, text, false, v -> choices.get().contains(v) ? null : Text.or(choices.get()));
  }

  static Option number(String name, String text, int least, int most) {
    return new Option(name, "N", text, false, v -> wrongNumber(v, least, most));
  }

  static Option decimal(String name, String value, String text, double least, double most) {
    return new Option(name, value, text, false, v -> wrongDecimal(v, least, most));
  }

  private static String wrongDecimal(String value, double least, double most) {
    boolean digits = value.matches("-?[0-9]{1,9}(\\.[0-9]{1,9})?|-?\\.[0-9]{1,9}");
    boolean good =
        digits && Double.parseDouble(value) >= least && Double.parseDouble(value) <= most;
    return good ? null : "a number from " + Text.plain(least) + " to " + Text.plain(most);
  }

  private static String wrongNumber(String value, int least, int most) {
    boolean digits = value.matches("[0-9]{1,9}");
    boolean good = digits && Integer.parseInt(value) >= least && Integer.parseInt(value) <= most;
    return good ? null : "a whole number from " + least + " to " + most;
  }

  /** The same, but the command needs it. */
  Option needed() {
    return new Option(name, value, text, true, check);
  }

  boolean isFlag() {
    return value == null;
  }

  /** As the help shows it. */
  String usage() {
    return isFlag() ? name : name + " " + value;
  }
}

package org.qieemo.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * What a command accepts, and its help.
 *
 * @param name as written
 * @param summary one line
 * @param operands what stands for its operands in the help, empty for none
 * @param leastOperands least number of operands
 * @param mostOperands greatest number of operands
 * @param options its own options
 * @param notes lines of explanation
 * @param examples command lines
 */
record CommandSpec(
    String name,
    String summary,
    String operands,
    int leastOperands,
    int mostOperands,
    List<Option> options,
    List<String> notes,
    List<String> examples) {

  /** Accepted by every command. */
  static final List<Option> COMMON =
      List.of(
          Option.flag("--help", "show this help"),
          Option.flag("--debug", "show the stack trace of a failure (also: QIEEMO_DEBUG=1)"));

  List<Option> allOptions() {
    List<Option> all = new ArrayList<>(options);
    all.addAll(COMMON);
    return all;
  }

  String usage() {
    String required = operands.isEmpty() ? "" : " " + operands;
    return "qieemo " + name + required + " [options]";
  }

  List<String> help() {
    List<String> lines = new ArrayList<>();
    lines.add("Usage: " + usage());
    lines.add("");
    lines.add(summary + ".");
    lines.addAll(notes);
    lines.add("");
    lines.add("Options:");
    int width = allOptions().stream().mapToInt(o -> o.usage().length()).max().orElse(0);
    for (Option option : allOptions()) {
      lines.add("  " + Text.pad(option.usage(), width) + "  " + option.text());
    }
    lines.add("");
    lines.add("Examples:");
    examples.forEach(example -> lines.add("  " + example));
    return lines;
  }
}

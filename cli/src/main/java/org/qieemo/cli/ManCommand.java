package org.qieemo.cli;

import java.util.List;
import java.util.function.Supplier;

/** {@code qieemo man}. */
final class ManCommand implements Command {
  private final Supplier<List<CommandSpec>> commands;

  /** Describes these commands; asked for late, since this command is one of them. */
  ManCommand(Supplier<List<CommandSpec>> commands) {
    this.commands = commands;
  }

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "man",
        "Prints the manual page of all commands",
        "",
        0,
        0,
        List.of(),
        List.of("In the format of man (roff)."),
        List.of("qieemo man > ~/.local/share/man/man1/qieemo.1"));
  }

  @Override
  public int run(Arguments arguments, Console console) {
    console.line(".TH QIEEMO 1 \"\" \"" + Version.line() + "\"");
    console.line(".SH NAME");
    console.line("qieemo \\- hears which emotion a voice carries");
    console.line(".SH SYNOPSIS");
    console.line(".B qieemo");
    console.line("COMMAND [arguments] [options]");
    console.line(".SH COMMANDS");
    commands.get().forEach(command -> describe(command, console));
    console.line(".SH EXIT STATUS");
    console.line("0: all went well. 1: some input failed. 2: the command line makes no sense.");
    return OK;
  }

  private static void describe(CommandSpec command, Console console) {
    console.line(".SS " + escaped(command.usage()));
    console.line(escaped(command.summary() + "."));
    command.notes().forEach(note -> console.line(escaped(note)));
    for (Option option : command.options()) {
      console.line(".TP");
      console.line(".B " + escaped(option.usage()));
      console.line(escaped(option.text()));
    }
    console.line(".PP");
    console.line("Examples:");
    console.line(".nf");
    command.examples().forEach(example -> console.line(escaped("    " + example)));
    console.line(".fi");
  }

  /** Backslashes, hyphens that people copy, and a first character that would be a request. */
  private static String escaped(String text) {
    String safe = text.replace("\\", "\\e").replace("-", "\\-");
    return safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe;
  }
}

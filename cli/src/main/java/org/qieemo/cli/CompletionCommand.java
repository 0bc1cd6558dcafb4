package org.qieemo.cli;

import java.util.List;
import java.util.function.Supplier;

/** {@code qieemo completion}. */
final class CompletionCommand implements Command {
  private static final String SHELL = "bash or zsh";
  private final Supplier<List<CommandSpec>> commands;

  /** Completes these commands; asked for late, since this command is one of them. */
  CompletionCommand(Supplier<List<CommandSpec>> commands) {
    this.commands = commands;
  }

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "completion",
        "Prints a script that completes commands, options and their values in a shell",
        "SHELL",
        1,
        1,
        List.of(),
        List.of("SHELL is " + SHELL + "."),
        List.of(
            "qieemo completion bash > ~/.local/share/bash-completion/completions/qieemo",
            "qieemo completion zsh > ~/.zsh/completions/_qieemo"));
  }

  @Override
  public int run(Arguments arguments, Console console) throws UsageException {
    String script =
        switch (arguments.operands().get(0)) {
          case "bash" -> CompletionScripts.bash(commands.get());
          case "zsh" -> CompletionScripts.zsh(commands.get());
          default ->
              throw new UsageException(
                  "expected " + SHELL + ", found '" + arguments.operands().get(0) + "'");
        };
    script.lines().forEach(console::line);
    return OK;
  }
}

package org.qieemo.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Shell completion, from what the commands accept. */
final class CompletionScripts {
  private static final String BASH =
      """
      # bash completion of qieemo, made by: qieemo completion bash
      _qieemo() {
        local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} words=
        if [ "$COMP_CWORD" -eq 1 ]; then
          words='@COMMANDS@ --help --version'
        else
          case $command:$before in
      @VALUES@    *) if [ "${word:0:1}" = - ]; then case $command in
      @OPTIONS@      esac; fi ;;
          esac
        fi
        COMPREPLY=($(compgen -W "$words" -- "$word"))
      }
      complete -o default -F _qieemo qieemo
      """;
  private static final String ZSH =
      """
      #compdef qieemo
      # zsh completion of qieemo, made by: qieemo completion zsh
      _qieemo() {
        local -a commands=(
      @COMMANDS@  )
        if (( CURRENT == 2 )); then
          _describe command commands
          return
        fi
        case $words[2] in
      @OPTIONS@  esac
      }
      compdef _qieemo qieemo
      """;

  private CompletionScripts() {}

  static String bash(List<CommandSpec> commands) {
    String names = commands.stream().map(CommandSpec::name).collect(Collectors.joining(" "));
    StringBuilder values = new StringBuilder();
    StringBuilder options = new StringBuilder();
    for (CommandSpec command : commands) {
      for (Option option : command.allOptions()) {
        if (!choices(option).isEmpty()) {
          String key = command.name() + ":" + option.name();
          values.append("    " + key + ") words='" + choices(option) + "' ;;\n");
        }
      }
      String all = command.allOptions().stream().map(Option::name).collect(Collectors.joining(" "));
      options.append("        " + command.name() + ") words='" + all + "' ;;\n");
    }
    return BASH.replace("@COMMANDS@", names)
        .replace("@VALUES@", values)
        .replace("@OPTIONS@", options);
  }

  static String zsh(List<CommandSpec> commands) {
    StringBuilder names = new StringBuilder();
    StringBuilder options = new StringBuilder();
    for (CommandSpec command : commands) {
      names.append("    " + quoted(command.name() + ":" + command.summary()) + "\n");
      options.append("    " + command.name() + ") _arguments");
      command.allOptions().forEach(option -> options.append(" \\\n      " + argument(option)));
      options.append(" \\\n      '*:file:_files' ;;\n");
    }
    return ZSH.replace("@COMMANDS@", names).replace("@OPTIONS@", options);
  }

  private static String argument(Option option) {
    String text = option.name() + "[" + escaped(option.text()) + "]";
    if (option.isFlag()) {
      return quoted(text);
    }
    String values = choices(option).isEmpty() ? "_files" : "(" + choices(option) + ")";
    return quoted(text + ":" + escaped(option.value()) + ":" + values);
  }

  /** Brackets and colons mean something to _arguments. */
  private static String escaped(String text) {
    return text.replaceAll("([\\[\\]:\\\\])", "\\\\$1");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** The values of an option that has a few fixed ones, else empty. */
  private static String choices(Option option) {
    boolean fixed = !option.isFlag() && option.value().matches("[a-z0-9_]+(\\|[a-z0-9_]+)+");
    return fixed ? option.value().replace('|', ' ') : "";
  }
}

package org.qieemo.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The command line {@code qieemo}. Exit codes: 0 all went well, 1 some input failed, 2 the command
 * line makes no sense.
 */
public final class Main {
  private static final List<Command> COMMANDS =
      List.of(
          new ClassifyCommand(),
          new ReportCommand(),
          new TranscribeCommand(),
          new EvaluateCommand(),
          new CalibrateCommand(),
          new FeaturesCommand(),
          new ConvertCommand(),
          new InspectCommand(),
          new DoctorCommand(),
          new CompletionCommand(Main::specs),
          new ManCommand(Main::specs));

  private Main() {}

  private static List<CommandSpec> specs() {
    return COMMANDS.stream().map(Command::spec).toList();
  }

  /** Runs the command line and exits. */
  public static void main(String[] args) {
    PipedOutput pipe = new PipedOutput(new FileOutputStream(FileDescriptor.out));
    PrintStream out = new PrintStream(pipe, false, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), false, StandardCharsets.UTF_8);
    int code = run(args, System.in, out, err, Terminal.isStandardError());
    pipe.problem().ifPresent(p -> new Console(out, err, false).error("standard output: " + p));
    System.exit(code);
  }

  /** As {@link #run(String[], InputStream, PrintStream, PrintStream)} without standard input. */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, InputStream.nullInputStream(), out, err);
  }

  /**
   * Runs the command line.
   *
   * @param args the command and what follows it
   * @param in what {@code -} reads; closed behind its end
   * @param out results
   * @param err problems, one line each
   * @return the exit code
   */
  public static int run(String[] args, InputStream in, PrintStream out, PrintStream err) {
    return run(args, in, out, err, false);
  }

  private static int run(
      String[] args, InputStream in, PrintStream out, PrintStream err, boolean terminal) {
    List<String> words = Arrays.asList(args);
    boolean debug = words.contains("--debug") || System.getenv("QIEEMO_DEBUG") != null;
    Console console = new Console(in, out, err, debug, terminal);
    try {
      return dispatch(words, console);
    } catch (OutputException e) {
      return Command.FAILED;
    }
  }

  private static int dispatch(List<String> words, Console console) {
    String first = words.isEmpty() ? "" : words.get(0);
    switch (first) {
      case "--help", "-h", "help":
        help().forEach(console::line);
        return Command.OK;
      case "--version":
        console.line(Version.line());
        return Command.OK;
      default:
        break;
    }
    for (Command command : COMMANDS) {
      if (command.spec().name().equals(first)) {
        return run(command, words.subList(1, words.size()), console);
      }
    }
    console.error(unknown(first) + "; see 'qieemo --help'");
    return Command.USAGE;
  }

  private static int run(Command command, List<String> words, Console console) {
    CommandSpec spec = command.spec();
    try {
      Arguments arguments = Arguments.parse(spec, words);
      if (arguments.has("--help")) {
        spec.help().forEach(console::line);
        return Command.OK;
      }
      arguments.requireAll(spec);
      return command.run(arguments, console);
    } catch (UsageException e) {
      console.error(e.getMessage() + "; see 'qieemo " + spec.name() + " --help'");
      return Command.USAGE;
    } catch (IOException e) {
      console.error(e.getMessage());
      console.trace(e);
      return Command.FAILED;
    } catch (OutputException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      console.error(e instanceof OutOfMemoryError ? Failures.reason(e) : Failures.internal(e));
      console.trace(e);
      return Command.FAILED;
    }
  }

  private static String unknown(String word) {
    List<String> names = COMMANDS.stream().map(c -> c.spec().name()).toList();
    String accepted = Text.or(names);
    if (word.isEmpty()) {
      return "missing command: expected " + accepted;
    }
    String what = word.startsWith("-") ? "option" : "command";
    String meant = Text.closest(word, names).map(m -> ", did you mean " + m + "?").orElse("");
    return "unknown " + what + " '" + word + "'" + meant + " (expected " + accepted + ")";
  }

  private static List<String> help() {
    List<String> lines = new ArrayList<>();
    lines.add("Usage: qieemo COMMAND [arguments] [options]");
    lines.add("");
    lines.add("Hears which emotion a voice carries: a Qieemo-style model (fusion equations");
    lines.add("reconstructed from the paper's abstract) on an ASR Conformer, in pure Java.");
    lines.add("");
    lines.add("Commands:");
    int width = COMMANDS.stream().mapToInt(c -> c.spec().name().length()).max().orElse(0);
    for (Command command : COMMANDS) {
      CommandSpec spec = command.spec();
      lines.add("  " + Text.pad(spec.name(), width) + "  " + spec.summary());
    }
    lines.add("");
    lines.add("Options: --help, --version; 'qieemo COMMAND --help' lists those of a command.");
    lines.add(
        "Exit codes: 0 all went well, 1 some input failed, 2 the command line makes no sense.");
    lines.add("");
    lines.add("Examples:");
    lines.add("  qieemo classify voice.wav");
    lines.add("  qieemo classify --format jsonl recordings/*.wav");
    lines.add("  qieemo classify --timeline call.wav");
    lines.add("  qieemo report call.wav --output call.html");
    lines.add("  arecord -f S16_LE -r 16000 | qieemo classify -");
    lines.add("  qieemo convert checkpoint-folder --output model.gguf --type q8_0");
    lines.add("  qieemo doctor");
    return lines;
  }
}

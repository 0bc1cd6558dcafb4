package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Completion scripts and the manual page, by the programs that read them. */
class CompletionTest {
  private static final Path BASH = Path.of("/bin/bash");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 qieemo cla                   | classify",
        "2 qieemo report --sil          | --silence-below",
        "3 qieemo classify --format js  | json jsonl",
        "3 qieemo classify --format ''  | text json jsonl csv",
        "2 qieemo classify a            | ",
        "3 qieemo convert --type q      | q8_0",
      })
  void bashCompletes(String line, String expected) throws Exception {
    Assumptions.assumeTrue(Files.exists(BASH), "skipped: needs bash");
    String script = Cli.run("completion", "bash").out();
    int space = line.indexOf(' ');
    String ask =
        "%sCOMP_WORDS=(%s) COMP_CWORD=%s\n_qieemo\necho \"${COMPREPLY[*]}\""
            .formatted(script, line.substring(space), line.substring(0, space));
    String found = output(BASH.toString(), "-uc", ask).strip();
    assertEquals(expected == null ? "" : expected, found);
  }

  @Test
  void zshAcceptsItsScript() throws Exception {
    Path zsh = Path.of("/bin/zsh");
    boolean there = Files.exists(zsh);
    if (!there) {
      System.out.println("skipped: needs zsh");
    }
    Assumptions.assumeTrue(there, "needs zsh");
    Path script = folder.resolve("_qieemo");
    Files.writeString(script, Cli.run("completion", "zsh").out());
    String load = "autoload -U compinit && compinit -D && source $1 && print $_comps[qieemo]";
    assertEquals("_qieemo", output(zsh.toString(), "-c", load, "zsh", script.toString()).strip());
  }

  @Test
  void theManualNamesEveryCommandAndOption() {
    String page = Cli.run("man").out();
    for (String command : List.of("classify", "report", "transcribe", "evaluate", "convert")) {
      assertTrue(page.contains("\n.SS qieemo " + command), command);
    }
    assertTrue(page.contains("\n.B \\-\\-silence\\-below DB\n"), page);
    List<String> requests =
        page.lines().filter(l -> l.startsWith(".")).map(l -> l.split(" ")[0]).distinct().toList();
    assertEquals(
        List.of(".TH", ".SH", ".B", ".SS", ".TP", ".PP", ".nf", ".fi").stream().sorted().toList(),
        requests.stream().sorted().toList());
  }

  private String output(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "out", "");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "no end");
    assertEquals(0, process.exitValue(), Arrays.toString(command) + Files.readString(output));
    return Files.readString(output);
  }
}

package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines that make no sense, and help. */
class UsageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "classify --frmat json a.wav    | did you mean --format? | classify --help",
        "classify --format xml a.wav    | json, jsonl or csv     | classify --help",
        "classify --format=xml a.wav    | found 'xml'            | classify --help",
        "classify --threads two a.wav   | from 1 to 1024         | classify --help",
        "classify --threads 0 a.wav     | from 1 to 1024         | classify --help",
        "classify --threads 9999999999 a.wav | from 1 to 1024    | classify --help",
        "classify --threads -1 a.wav    | from 1 to 1024         | classify --help",
        "classify --backend gpu a.wav   | auto, opencl or cpu    | classify --help",
        "classify --precision f8 a.wav  | f32, f16 or bf16       | classify --help",
        "classify --top 0 a.wav         | from 1 to 10000        | classify --help",
        "classify --unknown-below 1.5 a.wav | from 0 to 1        | classify --help",
        "classify --unknown-below x a.wav | from 0 to 1          | classify --help",
        "classify --labels anger a.wav  | two labels or more     | classify --help",
        "classify --prior even a.wav    | uniform, or a weight   | classify --help",
        "classify --model               | needs a value          | classify --help",
        "classify --model --threads 2 a | needs a value          | classify --help",
        "classify --model= a.wav        | not empty              | classify --help",
        "classify --debug=yes a.wav     | takes no value         | classify --help",
        "classify --threads 1 --threads 2 a.wav | given twice    | classify --help",
        "classify                       | missing FILE           | classify --help",
        "classify -x                    | unknown option '-x'    | classify --help",
        "transcribe --format json a.wav | text or jsonl          | transcribe --help",
        "transcribe                     | missing FILE           | transcribe --help",
        "evaluate                       | missing MANIFEST.csv   | evaluate --help",
        "evaluate --format jsonl m.csv  | text or json           | evaluate --help",
        "evaluate a.csv b.csv           | unexpected 'b.csv'     | evaluate --help",
        "features a.wav --output x.npy  | --tap is missing       | features --help",
        "features a.wav --tap fbank     | --output is missing    | features --help",
        "features a.wav --tap bloc:1 --output x | fbank, features, block:N | features --help",
        "features a.wav b.wav --tap fbank --output x | unexpected 'b.wav' | features --help",
        "inspect                        | missing M.gguf         | inspect --help",
        "inspect a b                    | unexpected 'b'         | inspect --help",
        "doctor now                     | unexpected 'now'       | doctor --help",
        "report a.wav                   | --output is missing    | report --help",
        "completion fish                | expected bash or zsh, found 'fish' | completion --help",
        "convert a --type q4 --output b | f32, f16, bf16 or q8_0 | convert --help",
        "convert a --frontend x --output b | auto, kaldi_fbank or log_mel | convert --help",
        "convert a                      | --output is missing    | convert --help",
        "convert --output b.gguf        | missing SOURCE         | convert --help",
        "clasify a.wav                  | did you mean classify? | qieemo --help",
        "xyzzy                          | unknown command 'xyzzy' | qieemo --help",
        "--model x                      | unknown option '--model' | qieemo --help",
      })
  void namesWhatIsWrong(String line, String expected, String see) {
    Cli.Result result = Cli.run((Object[]) line.split(" "));
    assertEquals(2, result.code(), result.err());
    assertEquals(1, result.errLines().size(), result.err());
    assertEquals("", result.out());
    assertTrue(result.err().contains(expected), result.err());
    assertTrue(result.err().endsWith("see '" + see(see) + "'\n"), result.err());
  }

  private static String see(String help) {
    return help.startsWith("qieemo") ? help : "qieemo " + help;
  }

  @Test
  void askedForNothingSaysWhatThereIs() {
    Cli.Result result = Cli.run();
    assertEquals(2, result.code());
    assertTrue(result.err().contains("missing command: expected classify"), result.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "classify   | --model --format --include --list --output --resume --top --unknown-below --labels --prior --prior-tau --timeline --segments --window --hop --silence-below --every-hop --words --rate --sample-format --channels --threads --backend --device --precision --help --debug",
        "report     | --output --model --audio --segments --window --hop --silence-below --unknown-below --labels --prior --include --list --threads --help --debug",
        "transcribe | --model --format --words --threads --backend --device --precision --help --debug",
        "evaluate   | --model --format --output --predictions --split --progress --threads --backend",
        "features   | --tap --output --model --threads --backend --device --precision --help --debug",
        "convert    | --output --type --config --frontend --verbose --help --debug",
        "inspect    | --format --help --debug",
        "doctor     | --help --debug",
        "completion | --help --debug",
        "man        | --help --debug",
      })
  void helpListsTheOptionsAndExamples(String command, String options) {
    Cli.Result result = Cli.run(command, "--help");
    assertEquals(0, result.code(), result.err());
    assertEquals("", result.err());
    for (String option : options.split(" ")) {
      assertTrue(
          result.outLines().stream().anyMatch(l -> l.startsWith("  " + option)),
          option + " in " + result.out());
    }
    List<String> lines = result.outLines();
    assertTrue(lines.indexOf("Examples:") > 0, result.out());
    assertTrue(lines.get(lines.indexOf("Examples:") + 1).startsWith("  qieemo " + command));
    assertTrue(lines.stream().allMatch(l -> l.length() <= 100), result.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help"})
  void helpListsTheCommands(String option) {
    Cli.Result result = Cli.run(option);
    assertEquals(0, result.code());
    for (String command :
        List.of(
            "classify",
            "transcribe",
            "evaluate",
            "features",
            "convert",
            "inspect",
            "doctor",
            "report",
            "completion",
            "man")) {
      assertTrue(result.out().contains("\n  " + command + " "), result.out());
      assertEquals(0, Cli.run(command, "-h").code());
    }
  }

  @Test
  void versionIsOneLine() {
    Cli.Result result = Cli.run("--version");
    assertEquals(0, result.code());
    assertEquals(1, result.outLines().size());
    assertTrue(result.out().startsWith("qieemo "), result.out());
  }

  @Test
  void doubleDashEndsTheOptions() {
    Cli.Result result = Cli.run("inspect", "--", "--format");
    assertEquals(1, result.code());
    assertTrue(result.err().contains("--format: no such file"), result.err());
  }
}

package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.support.Repository;

/** {@code qieemo convert}, end to end. */
class ConvertTest {
  private static final Path WHOLE = Repository.goldens().resolve("wide");
  private static final Path ENCODER = Repository.goldens().resolve("nemo-encoder-only");

  @TempDir static Path inputs;
  private static Path tone;
  @TempDir Path outputs;
  private Path output;

  @BeforeAll
  static void makeTone() throws IOException {
    tone = TestWav.tone(inputs.resolve("tone.wav"), 1);
  }

  @BeforeEach
  void nameOutput() {
    output = outputs.resolve("m.gguf");
  }

  @ParameterizedTest
  @ValueSource(strings = {"f32", "f16", "bf16", "q8_0"})
  void convertsToEveryType(String type) throws IOException {
    Cli.Result result = Cli.run("convert", WHOLE, "--output", output, "--type", type);
    assertEquals(0, result.code(), result.err());
    assertEquals("", result.err());
    assertEquals(List.of("m.gguf"), left());
    assertTrue(result.out().contains("encoder family: WeNet\n"), result.out());
    assertTrue(result.out().contains("front end: kaldi_fbank, "), result.out());
    assertTrue(result.out().contains(type.toUpperCase(Locale.ROOT) + " ("), result.out());
    assertTrue(result.out().contains("ignored: 1: "), result.out());
    assertTrue(result.out().contains("missing: none\n"), result.out());
    assertTrue(
        result.out().endsWith("classify: yes, 4 labels: " + labels() + "\ntranscribe: yes\n"));
    assertEquals(0, Cli.run("classify", "--model", output, tone).code());
  }

  private static String labels() {
    return "anger, joy, neutral, sadness";
  }

  @Test
  void anEncoderCannotClassifyAndSaysSo() {
    Cli.Result result = Cli.run("convert", ENCODER, "--output", output);
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().contains("encoder family: NeMo\n"), result.out());
    assertTrue(result.out().contains("classify: no, it has no emotion head\n"), result.out());
    assertEquals(1, Cli.run("classify", "--model", output, tone).code());
    assertEquals(0, Cli.run("transcribe", "--model", output, tone).code());
  }

  @Test
  void verboseListsEveryTensor() {
    int summary = Cli.run("convert", WHOLE, "--output", output).outLines().size();
    assertTrue(summary <= 10, "lines of the summary: " + summary);
    Cli.Result result = Cli.run("convert", WHOLE, "--output", output, "--verbose");
    assertEquals(0, result.code(), result.err());
    assertTrue(result.outLines().contains("  ctc.ctc_lo.weight -> ctc.weight F32"), result.out());
    assertTrue(
        result.outLines().stream().anyMatch(l -> l.matches("  .*num_batches_tracked")),
        result.out());
  }

  @Test
  void replacesAnOlderFileOnlyBySuccess() throws IOException {
    Files.writeString(output, "older");
    assertEquals(1, Cli.run("convert", inputs, "--output", output).code());
    assertEquals("older", Files.readString(output));
    assertEquals(0, Cli.run("convert", ENCODER, "--output", output).code());
    assertTrue(Files.size(output) > 1000);
    assertEquals(List.of("m.gguf"), left());
  }

  @Test
  void badSourcesAreOneLine() throws IOException {
    Path html = Files.writeString(outputs.resolve("page.pt"), "<html>not found</html>");
    Path missing = inputs.resolve("none");
    for (Path source : List.of(html, missing, inputs)) {
      Cli.Result result = Cli.run("convert", source, "--output", output);
      assertEquals(1, result.code());
      assertEquals("", result.out());
      assertEquals(1, result.errLines().size(), result.err());
      assertTrue(result.err().startsWith("qieemo: " + source), result.err());
      assertFalse(result.err().contains("internal error"), result.err());
      assertFalse(Files.exists(output));
    }
  }

  @Test
  void badOutputsAreOneLineAndLeaveNothing() throws IOException {
    for (Path target : List.of(outputs, outputs.resolve("missing/m.gguf"))) {
      Cli.Result result = Cli.run("convert", ENCODER, "--output", target);
      assertEquals(1, result.code());
      assertEquals(1, result.errLines().size(), result.err());
      assertTrue(result.err().startsWith("qieemo: " + target + ": "), result.err());
      assertEquals(List.of(), left());
    }
  }

  @Test
  void aWrongConfigurationIsRefused() {
    Cli.Result missing =
        Cli.run("convert", WHOLE, "--output", output, "--config", inputs.resolve("none.yaml"));
    assertEquals(1, missing.code());
    assertTrue(missing.err().contains("none.yaml: no such file"), missing.err());
    assertEquals(2, Cli.run("convert", WHOLE, "--output", output, "--config", "x.txt").code());
  }

  @Test
  void theFrontEndCanBeChosen() {
    Cli.Result result = Cli.run("convert", WHOLE, "--output", output, "--frontend", "log_mel");
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().contains("front end: log_mel, asked for\n"), result.out());
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(outputs)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}

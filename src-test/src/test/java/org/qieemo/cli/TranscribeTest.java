package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code qieemo transcribe}, end to end. */
class TranscribeTest {
  @TempDir static Path folder;
  private static Path model;
  private static Path tone;

  @BeforeAll
  static void makeFiles() throws IOException {
    model = TinyModel.whole(folder.resolve("tiny.gguf"));
    tone = TestWav.tone(folder.resolve("tone.wav"), 1.5);
  }

  @Test
  void oneFileIsJustItsText() {
    Cli.Result result = Cli.run("transcribe", "--model", model, tone);
    assertEquals(0, result.code(), result.err());
    assertEquals(1, result.outLines().size());
    assertTrue(result.out().matches("[dab ]*\n"), result.out());
  }

  @Test
  void severalFilesHaveTheirNames() {
    String text = Cli.run("transcribe", "--model", model, tone).outLines().get(0);
    Cli.Result result = Cli.run("transcribe", "--model", model, tone, "none.wav", tone);
    assertEquals(1, result.code());
    assertEquals(List.of(tone + ": " + text, tone + ": " + text), result.outLines());
    assertEquals("qieemo: none.wav: no such file\n", result.err());
  }

  @Test
  void jsonLinesHaveTheText() {
    String text = Cli.run("transcribe", "--model", model, tone).outLines().get(0);
    Cli.Result result =
        Cli.run("transcribe", "--model", model, "--format", "jsonl", tone, "none.wav");
    assertEquals(1, result.code());
    assertEquals(
        Map.of("file", tone.toString(), "duration", 1.5, "text", text, "backend", "cpu"),
        StrictJson.object(result.outLines().get(0)));
    assertEquals(
        Map.of("file", "none.wav", "error", "no such file"),
        StrictJson.object(result.outLines().get(1)));
  }

  @Test
  void aModelWithoutCtcHeadSaysSo() throws IOException {
    Path without = TinyModel.withoutCtc(folder.resolve("without.gguf"));
    Cli.Result result = Cli.run("transcribe", "--model", without, tone);
    assertEquals(1, result.code());
    assertTrue(result.err().contains("no CTC head"), result.err());
    assertFalse(result.err().contains("internal error"), result.err());
    assertEquals(0, Cli.run("classify", "--model", without, tone).code());
  }
}

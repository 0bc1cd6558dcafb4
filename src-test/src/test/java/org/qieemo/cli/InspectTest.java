package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code qieemo inspect}, end to end. */
class InspectTest {
  @TempDir static Path folder;
  private static Path model;

  @BeforeAll
  static void makeModel() throws IOException {
    model = TinyModel.whole(folder.resolve("tiny.gguf"));
  }

  @Test
  void saysWhatTheModelIsAndCan() {
    Cli.Result result = Cli.run("inspect", model);
    assertEquals(0, result.code(), result.err());
    for (String line :
        List.of(
            "  general.name: tiny",
            "  qieemo.encoder.norm_eps: 1.0E-5",
            "  front end: Kaldi filter bank, edges snipped, 40 bins at 16000 Hz, not normalised",
            "  fusion: Qieemo-style; fusion equations reconstructed from the abstract",
            "  CMA: query emotion, layers 1, heads 2, feed-forward 16, norm post",
            "  head: 2 tensors, 51 values, 204 bytes",
            "  classify: yes, 3 labels: anger, joy, sadness \"quoted\"",
            "  transcribe: yes")) {
      assertTrue(result.outLines().contains(line), line + " in " + result.out());
    }
  }

  @Test
  void saysWhatAnEncoderCannot() throws IOException {
    Cli.Result result = Cli.run("inspect", TinyModel.withoutEmotion(folder.resolve("e.gguf")));
    assertEquals(0, result.code(), result.err());
    assertTrue(result.outLines().contains("  classify: no, it has no emotion head"));
    assertTrue(result.outLines().contains("  emotion head: none"));
  }

  @Test
  void jsonHasAllOfIt() {
    Cli.Result result = Cli.run("inspect", "--format", "json", model);
    assertEquals(0, result.code(), result.err());
    Map<String, Object> object = StrictJson.object(result.out());
    assertEquals(true, object.get("can_classify"));
    assertEquals(true, object.get("can_transcribe"));
    assertEquals(TinyModel.LABELS, object.get("labels"));
    Map<?, ?> metadata = (Map<?, ?>) object.get("metadata");
    assertEquals(TinyModel.TOKENS, metadata.get("qieemo.ctc.tokens"));
    Map<?, ?> tensor = (Map<?, ?>) ((List<?>) object.get("tensors")).get(0);
    assertEquals(
        Map.of(
            "name",
            "subsampling.conv.0.weight",
            "type",
            "F32",
            "shape",
            List.of(4.0, 3.0, 3.0, 1.0),
            "bytes",
            144.0),
        tensor);
  }

  @Test
  void aDamagedFileIsOneLine() throws IOException {
    byte[] whole = Files.readAllBytes(model);
    Path cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(whole, 1000));
    for (Path file : List.of(cut, folder, folder.resolve("none.gguf"))) {
      Cli.Result result = Cli.run("inspect", file);
      assertEquals(1, result.code());
      assertEquals("", result.out());
      assertEquals(1, result.errLines().size(), result.err());
      assertTrue(result.err().startsWith("qieemo: " + file + ": "), result.err());
      assertFalse(result.err().contains("internal error"), result.err());
    }
  }

  @Test
  void anotherProgramsModelIsShownAndRefused() throws IOException {
    byte[] whole = Files.readAllBytes(model);
    whole[indexOf(whole, "qieemo")] = 'Q'; // general.architecture
    Path foreign = Files.write(folder.resolve("foreign.gguf"), whole);
    Cli.Result result = Cli.run("inspect", foreign);
    assertEquals(1, result.code());
    assertTrue(result.out().contains("  general.architecture: Qieemo\n"), result.out());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().contains("no model that this engine runs"), result.err());
    Cli.Result json = Cli.run("inspect", foreign, "--format=json");
    assertEquals(1, json.code());
    assertTrue(StrictJson.object(json.out()).containsKey("error"));
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }
}

package org.qieemo.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code qieemo features}, end to end. */
class FeaturesTest {
  @TempDir static Path inputs;
  private static Path model;
  private static Path tone;
  @TempDir Path outputs;
  private Path output;

  @BeforeAll
  static void makeFiles() throws IOException {
    model = TinyModel.whole(inputs.resolve("tiny.gguf"));
    tone = TestWav.tone(inputs.resolve("tone.wav"), 1);
  }

  @BeforeEach
  void nameOutput() {
    output = outputs.resolve("x.npy");
  }

  private Cli.Result run(String tap, Path target) {
    return Cli.run("features", tone, "--model", model, "--tap", tap, "--output", target);
  }

  @ParameterizedTest
  @CsvSource({
    "fbank, 98, 40",
    "features, 98, 40",
    "block:0, 23, 16",
    "block:2, 23, 16",
    "encoder, 23, 16",
    "ppg, 23, 5",
    "ctc-logits, 23, 5",
    "frame-emotion, 23, 3"
  })
  void writesNumPyFiles(String tap, int rows, int cols) throws IOException {
    Cli.Result result = run(tap, output);
    assertEquals(0, result.code(), result.err());
    float[] values = read(output, rows, cols);
    assertEquals(rows * cols, values.length);
    if (tap.equals("ppg") || tap.equals("frame-emotion")) {
      assertEquals(1, sumOfRow(values, cols), 1e-5);
    }
    assertEquals(List.of("x.npy"), left());
  }

  private static double sumOfRow(float[] values, int cols) {
    double sum = 0;
    for (int i = 0; i < cols; i++) {
      sum += values[i];
    }
    return sum;
  }

  private static float[] read(Path file, int rows, int cols) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[8];
    bytes.get(magic);
    assertArrayEquals(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, magic);
    byte[] header = new byte[bytes.getShort()];
    bytes.get(header);
    assertEquals(0, bytes.position() % 64, "alignment of the data");
    String dictionary = new String(header, StandardCharsets.US_ASCII);
    assertTrue(dictionary.endsWith("\n"));
    assertEquals(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + cols + "), }",
        dictionary.strip());
    float[] values = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  @Test
  void replacesAnOlderFile() throws IOException {
    Files.writeString(output, "older");
    assertEquals(0, run("fbank", output).code());
    read(output, 98, 40);
    assertEquals(List.of("x.npy"), left());
  }

  @Test
  void leavesNothingBehindWhenItFails() throws IOException {
    Files.createDirectories(outputs.resolve("folder"));
    for (Path target : List.of(outputs.resolve("missing/x.npy"), outputs.resolve("folder"))) {
      Cli.Result result = run("fbank", target);
      assertEquals(1, result.code(), target.toString());
      assertEquals("", result.out());
      assertEquals(1, result.errLines().size(), result.err());
      assertTrue(result.err().startsWith("qieemo: " + target + ": "), result.err());
      assertFalse(result.err().contains("internal error"), result.err());
      assertEquals(List.of("folder"), left());
    }
  }

  @Test
  void neverReplacesADevice() throws Exception {
    Path pipe = outputs.resolve("pipe");
    boolean made =
        new ProcessBuilder("mkfifo", pipe.toString()).redirectErrorStream(true).start().waitFor()
            == 0;
    Assumptions.assumeTrue(made, "needs mkfifo");
    Cli.Result result = run("fbank", pipe);
    assertEquals(1, result.code());
    assertTrue(result.err().contains("a folder or device"), result.err());
    assertFalse(Files.isRegularFile(pipe));
    assertEquals(List.of("pipe"), left());
  }

  @Test
  void keepsAnOlderFileWhenTheInputIsBad() throws IOException {
    Files.writeString(output, "older");
    for (Path bad : List.of(inputs, TestWav.truncated(inputs.resolve("bad.wav")))) {
      Cli.Result result =
          Cli.run("features", bad, "--model", model, "--tap", "encoder", "--output", output);
      assertEquals(1, result.code());
      assertTrue(result.err().startsWith("qieemo: " + bad + ": "), result.err());
      assertEquals("older", Files.readString(output));
      assertEquals(List.of("x.npy"), left());
    }
  }

  @Test
  void saysWhichPlacesTheModelHas() {
    Cli.Result result = run("block:3", output);
    assertEquals(1, result.code());
    assertEquals(
        "qieemo: --tap block:3: no block 3: the encoder has blocks 1 to 2\n", result.err());
    assertFalse(Files.exists(output));
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(outputs)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }
}

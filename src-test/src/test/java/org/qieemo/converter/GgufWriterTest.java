package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.converter.gguf.GgufWriter;
import org.qieemo.kernels.HostTensor;
import org.qieemo.support.Repository;
import org.qieemo.weights.GgufFile;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.Keys;
import org.qieemo.weights.TensorSpec;
import org.qieemo.weights.TensorSpec.Kind;

/** What is written is read again: by this project, and by the gguf package. */
class GgufWriterTest {
  @TempDir Path folder;

  private static Map<String, Object> metadata() {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put(Keys.ARCHITECTURE, "qieemo");
    metadata.put("text", "\u4e2d\u00e9");
    metadata.put("unsigned", 7);
    metadata.put("signed", -1);
    metadata.put(Keys.LEFT_CHUNKS, 4);
    metadata.put("float", 0.1f);
    metadata.put("flag", true);
    metadata.put("integers", List.of(1, 2, 3));
    metadata.put("floats", List.of(0.5f, 1f));
    metadata.put("strings", List.of("", "b"));
    metadata.put("empty", List.of());
    return metadata;
  }

  private static List<TensorSpec> specs() {
    return List.of(
        new TensorSpec("a", new int[] {2, 3}, Kind.MATRIX),
        new TensorSpec("b", new int[] {1}, Kind.VECTOR));
  }

  private Path write() throws IOException {
    Path file = folder.resolve("a.gguf");
    try (GgufWriter writer = new GgufWriter(file, metadata(), specs())) {
      writer.add(HostTensor.of("a", new int[] {2, 3}, 1, 2, 3, 4, 5, 6));
      assertFalse(Files.exists(file), "nothing under the name before it is complete");
      writer.add(HostTensor.of("b", new int[] {1}, 7));
      assertEquals(writer.finish(), Files.size(file));
    }
    return file;
  }

  @Test
  void roundTrip() throws IOException {
    GgufFile file = GgufReader.read(write());
    Map<String, Object> values = file.metadata().values();
    assertEquals(metadata().keySet(), values.keySet());
    assertEquals("\u4e2d\u00e9", values.get("text"));
    assertEquals(7L, values.get("unsigned"));
    assertEquals(-1L, values.get("signed"));
    assertEquals((double) 0.1f, values.get("float"));
    assertEquals(List.of(1L, 2L, 3L), values.get("integers"));
    assertEquals(List.of(0.5, 1.0), values.get("floats"));
    assertEquals(List.of("", "b"), values.get("strings"));
    assertEquals(List.of(), values.get("empty"));
    assertEquals(6f, file.tensors().get(0).toFloats()[5]);
    assertEquals(7f, file.tensors().get(1).toFloats()[0]);
  }

  @Test
  void refusesWhatWasNotAnnounced() throws IOException {
    Path file = folder.resolve("a.gguf");
    try (GgufWriter writer = new GgufWriter(file, metadata(), specs())) {
      assertThrows(
          IllegalArgumentException.class, () -> writer.add(HostTensor.of("b", new int[] {1}, 1)));
      assertThrows(IllegalStateException.class, writer::finish);
    }
    assertEquals(0, folder.toFile().list().length, "nothing left behind");
    List<TensorSpec> longName = List.of(new TensorSpec("n".repeat(64), new int[] {1}, Kind.VECTOR));
    assertThrows(IllegalArgumentException.class, () -> new GgufWriter(file, metadata(), longName));
  }

  @Test
  void pythonsGgufPackageReadsIt() throws IOException, InterruptedException {
    boolean there = python("-c", "import gguf").equals("0:");
    if (!there) {
      System.out.println("skipped: needs python3 with the gguf package (pip install gguf)");
    }
    Assumptions.assumeTrue(there, "needs the gguf package");
    Path model =
        ModelFolder.copy("wide", folder.resolve("model")).convert(WeightType.Q8_0).output();
    String script =
        "import gguf, sys\n"
            + "for f in sys.argv[1:]:\n"
            + "    r = gguf.GGUFReader(f)\n"
            + "    print(len(r.tensors), len(r.fields) - 3,"
            + " r.fields['general.architecture'].contents(), end=' ')\n";
    GgufFile own = GgufReader.read(model);
    String expected =
        "0:2 11 qieemo " + own.tensors().size() + " " + own.metadata().values().size() + " qieemo";
    assertEquals(expected, python("-c", script, write().toString(), model.toString()));
  }

  /** Exit status and output. */
  private static String python(String... arguments) throws InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of("python3"));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(Repository.root().toFile())
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes()).strip();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      return process.exitValue() + ":" + output;
    } catch (IOException e) {
      return "no python3";
    }
  }
}

package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.kernels.HostTensor;
import org.qieemo.weights.GgufFile;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.Keys;
import org.qieemo.weights.Metadata;

/** A model with another temperature keeps everything else, also what only others understand. */
class ModelCopyTest {
  @TempDir Path folder;

  private static Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put(Keys.ARCHITECTURE, "qieemo");
    values.put(Keys.TEMPERATURE, 1.0);
    values.put("other.long", 1L << 40);
    values.put("other.negative", -3L);
    values.put("other.double", 0.1); // no float32
    values.put("other.not_a_number", Double.NaN);
    values.put("other.signs", List.of(1L, -1L, 1L << 33));
    values.put("other.precisions", List.of(0.5, 0.1));
    values.put("other.flags", List.of(true, false));
    values.put("other.empty", List.of());
    return values;
  }

  @Test
  void everythingElseStays() throws IOException {
    HostTensor tensor = HostTensor.of("a", new int[] {2, 3}, 1, 2, 3, 4, 5, 6);
    Path file = folder.resolve("b.gguf");
    Map<String, Object> stored = new LinkedHashMap<>(values());
    stored.put(Keys.ALIGNMENT, 64L); // of another writer
    ModelCopy.withTemperature(
        new GgufFile(new Metadata("a.gguf", stored), List.of(tensor)), 2.5f, file);
    GgufFile copy = GgufReader.read(file);
    Map<String, Object> expected = new LinkedHashMap<>(values());
    expected.put(Keys.TEMPERATURE, 2.5);
    assertEquals(expected, copy.metadata().values());
    assertEquals(List.copyOf(expected.keySet()), List.copyOf(copy.metadata().values().keySet()));
    assertArrayEquals(tensor.toFloats(), copy.tensors().get(0).toFloats());
  }

  @Test
  void noTemperatureAtOrBelowZero() {
    GgufFile file = new GgufFile(new Metadata("a.gguf", values()), List.of());
    for (float temperature : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> ModelCopy.withTemperature(file, temperature, folder.resolve("x.gguf")));
    }
    assertEquals(0, folder.toFile().list().length);
  }
}

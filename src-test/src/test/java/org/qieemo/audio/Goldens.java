package org.qieemo.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.qieemo.support.GoldenTensors;
import org.qieemo.support.NpzFile;

/** Golden values for tests: safetensors from the test resources, npz from the shared data. */
final class Goldens {
  private Goldens() {}

  /** All tensors of a safetensors resource, flattened. */
  static Map<String, double[]> safetensors(String resource) {
    Map<String, double[]> tensors = new LinkedHashMap<>();
    GoldenTensors.read(resource(resource)).forEach((name, g) -> tensors.put(name, g.values()));
    return tensors;
  }

  /** A resource's bytes. */
  static byte[] resource(String name) {
    try (InputStream in = Goldens.class.getResourceAsStream(name)) {
      assertNotNull(in, "no test resource " + name);
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One float32 array of an npz file. */
  static double[] npz(Path path, String name) throws IOException {
    float[] array = NpzFile.read(path).get(name);
    double[] wide = new double[array.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = array[i];
    }
    return wide;
  }

  static float[] floats(double[] x) {
    float[] out = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = (float) x[i];
    }
    return out;
  }

  /** Asserts that all values lie within a bound, and returns the largest difference. */
  static double assertClose(String what, double[] expected, float[] actual, double bound) {
    assertEquals(expected.length, actual.length, what + ": length");
    double worst = 0;
    int at = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs(expected[i] - actual[i]);
      if (!(difference <= worst)) {
        worst = difference;
        at = i;
      }
    }
    int i = at;
    double d = worst;
    assertEquals(
        true,
        worst <= bound,
        () -> what + ": " + expected[i] + " and " + actual[i] + " at " + i + " differ by " + d);
    return worst;
  }
}

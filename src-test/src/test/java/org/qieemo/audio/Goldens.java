package org.qieemo.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Golden values for tests: safetensors from the test resources, npz from the shared data. */
final class Goldens {
  private static final Pattern ENTRY =
      Pattern.compile(
          "\"([^\"]+)\":\\s*\\{\"dtype\":\\s*\"(F32|F64)\",\\s*\"shape\":\\s*\\[([^]]*)],"
              + "\\s*\"data_offsets\":\\s*\\[(\\d+),\\s*(\\d+)]}");

  private Goldens() {}

  /** All tensors of a safetensors resource, flattened. */
  static Map<String, double[]> safetensors(String resource) {
    byte[] file = resource(resource);
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int headerSize = Math.toIntExact(bytes.getLong());
    String header = new String(file, 8, headerSize, StandardCharsets.UTF_8);
    Map<String, double[]> tensors = new LinkedHashMap<>();
    Matcher m = ENTRY.matcher(header);
    while (m.find()) {
      int begin = Integer.parseInt(m.group(4));
      int end = Integer.parseInt(m.group(5));
      boolean f32 = m.group(2).equals("F32");
      ByteBuffer data = bytes.slice(8 + headerSize + begin, end - begin);
      tensors.put(m.group(1), numbers(data.order(ByteOrder.LITTLE_ENDIAN), f32 ? 4 : 8));
    }
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
    try (ZipFile zip = new ZipFile(path.toFile())) {
      ZipEntry entry = zip.getEntry(name + ".npy");
      byte[] npy = zip.getInputStream(entry).readAllBytes();
      ByteBuffer b = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
      int header = Short.toUnsignedInt(b.getShort(8));
      String text = new String(npy, 10, header, StandardCharsets.ISO_8859_1);
      assertEquals(true, text.contains("'<f4'") && text.contains("'fortran_order': False"), text);
      return numbers(
          b.slice(10 + header, npy.length - 10 - header).order(ByteOrder.LITTLE_ENDIAN), 4);
    }
  }

  private static double[] numbers(ByteBuffer data, int size) {
    double[] out = new double[data.remaining() / size];
    for (int i = 0; i < out.length; i++) {
      out[i] = size == 4 ? data.getFloat() : data.getDouble();
    }
    return out;
  }

  /**
   * A file of the shared data, which lies beside the repository; skips the test where it is absent.
   */
  static Path shared(String name) {
    Path root = Path.of("").toAbsolutePath();
    while (root != null
        && !(Files.exists(root.resolve("pom.xml")) && Files.exists(root.resolve(".git")))) {
      root = root.getParent();
    }
    Path file = root == null ? Path.of(name) : root.resolveSibling("shared").resolve(name);
    assumeTrue(Files.exists(file), "skipped: no shared data at ../shared/" + name);
    return file;
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

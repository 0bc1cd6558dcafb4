package org.qieemo.support;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the safetensors files that the PyTorch reference wrote. Independent of the product's
 * reader; F32 and F64 only.
 */
public final class GoldenTensors {
  private static final Pattern ENTRY =
      Pattern.compile(
          "\"([^\"]+)\":\\{\"dtype\":\"(F32|F64)\",\"shape\":\\[([0-9,]*)\\],"
              + "\"data_offsets\":\\[([0-9]+),([0-9]+)\\]\\}");

  /**
   * A golden tensor.
   *
   * @param shape outermost first
   * @param values row-major
   */
  public record Golden(int[] shape, double[] values) {
    /** The values in float32. */
    public float[] floats() {
      float[] floats = new float[values.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) values[i];
      }
      return floats;
    }
  }

  private GoldenTensors() {}

  /** All tensors of a file by name. */
  public static Map<String, Golden> read(Path file) throws IOException {
    return read(Files.readAllBytes(file));
  }

  /** All tensors of a file's bytes by name. */
  public static Map<String, Golden> read(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int headerLength = Math.toIntExact(bytes.getLong());
    String header =
        new String(bytes.array(), 8, headerLength, StandardCharsets.UTF_8).replace(" ", "");
    Map<String, Golden> tensors = new TreeMap<>();
    Matcher entries = ENTRY.matcher(header);
    while (entries.find()) {
      int from = 8 + headerLength + Integer.parseInt(entries.group(4));
      int to = 8 + headerLength + Integer.parseInt(entries.group(5));
      boolean wide = entries.group(2).equals("F64");
      double[] values = new double[(to - from) / (wide ? 8 : 4)];
      for (int i = 0; i < values.length; i++) {
        values[i] = wide ? bytes.getDouble(from + 8 * i) : bytes.getFloat(from + 4 * i);
      }
      tensors.put(entries.group(1), new Golden(shape(entries.group(3)), values));
    }
    return tensors;
  }

  private static int[] shape(String text) {
    return text.isEmpty()
        ? new int[0]
        : Arrays.stream(text.split(",")).mapToInt(Integer::parseInt).toArray();
  }
}

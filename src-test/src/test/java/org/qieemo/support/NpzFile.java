package org.qieemo.support;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Reads the float32 arrays of NumPy files. */
public final class NpzFile {
  private static final int PREFIX = 10; // magic, version, header length

  private NpzFile() {}

  /** All arrays of an archive by name, row-major. */
  public static Map<String, float[]> read(Path file) throws IOException {
    Map<String, float[]> arrays = new HashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
        ZipEntry entry = all.nextElement();
        String name = entry.getName().replace(".npy", "");
        arrays.put(name, array(zip.getInputStream(entry).readAllBytes()));
      }
    }
    return arrays;
  }

  /** One array of a {@code .npy} file's bytes, version 1, float32, C order. */
  public static float[] array(byte[] npy) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
    int length = Short.toUnsignedInt(bytes.getShort(8));
    String header = new String(npy, PREFIX, length, StandardCharsets.ISO_8859_1);
    if (!header.contains("'<f4'") || !header.contains("'fortran_order': False")) {
      throw new IOException("not float32 in C order: " + header);
    }
    float[] values = new float[(npy.length - PREFIX - length) / 4];
    bytes.position(PREFIX + length);
    bytes.asFloatBuffer().get(values);
    return values;
  }
}

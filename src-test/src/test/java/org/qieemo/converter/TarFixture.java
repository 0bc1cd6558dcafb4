package org.qieemo.converter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/** Builds tar archives. */
public final class TarFixture {
  private final Bytes out = new Bytes();

  public TarFixture add(String name, byte... data) {
    return add(name, Long.toString(data.length, 8), '0', data);
  }

  public TarFixture add(String name, String octalSize, char type, byte... data) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644");
    put(header, 124, String.format(Locale.ROOT, "%11s", octalSize).replace(' ', '0'));
    header[156] = (byte) type;
    put(header, 257, "ustar");
    put(header, 148, "        ");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, String.format(Locale.ROOT, "%06o", sum) + "\0 ");
    out.raw(header).raw(data).raw(new byte[(512 - data.length % 512) % 512]);
    return this;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  public byte[] build() {
    return out.raw(new byte[1024]).toArray();
  }

  public static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }
}

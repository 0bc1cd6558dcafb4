package org.qieemo.converter;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Little-endian bytes for hostile files. */
public final class Bytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public Bytes u8(int value) {
    return little(value, 1);
  }

  Bytes u16(int value) {
    return little(value, 2);
  }

  Bytes u32(long value) {
    return little(value, 4);
  }

  public Bytes u64(long value) {
    return little(value, 8);
  }

  private Bytes little(long value, int width) {
    for (int i = 0; i < width; i++) {
      out.write((int) (value >>> 8 * i));
    }
    return this;
  }

  public Bytes raw(byte... bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** One byte per character: opcodes, ASCII. */
  Bytes text(String latin) {
    return raw(latin.getBytes(StandardCharsets.ISO_8859_1));
  }

  int size() {
    return out.size();
  }

  public byte[] toArray() {
    return out.toByteArray();
  }
}

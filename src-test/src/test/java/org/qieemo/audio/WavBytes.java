package org.qieemo.audio;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Builds WAV files byte by byte, right or wrong, for tests. */
public final class WavBytes {
  public static final int PCM = 1;
  public static final int FLOAT = 3;
  public static final int A_LAW = 6;
  public static final int MU_LAW = 7;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** RIFF head with a size that is patched by {@link #bytes}. */
  public static WavBytes riff() {
    return new WavBytes().text("RIFF").u32(0).text("WAVE");
  }

  /** A head of any kind and size. */
  public static WavBytes head(String magic, long size) {
    return new WavBytes().text(magic).u32(size).text("WAVE");
  }

  /** A mono PCM16 file at 16 kHz up to the data chunk. */
  public static WavBytes pcm16() {
    return riff().fmt(PCM, 1, 16000, 16);
  }

  public WavBytes text(String ascii) {
    return raw(ascii.getBytes(StandardCharsets.ISO_8859_1));
  }

  public WavBytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public WavBytes zeros(int n) {
    return raw(new byte[n]);
  }

  public WavBytes u8(int... values) {
    for (int value : values) {
      out.write(value);
    }
    return this;
  }

  public WavBytes u16(int... values) {
    for (int value : values) {
      u8(value, value >> 8);
    }
    return this;
  }

  public WavBytes u32(long... values) {
    for (long value : values) {
      u16((int) value, (int) (value >> 16));
    }
    return this;
  }

  public WavBytes u64(long... values) {
    for (long value : values) {
      u32(value, value >> 32);
    }
    return this;
  }

  public WavBytes f32(float... values) {
    for (float value : values) {
      u32(Float.floatToRawIntBits(value));
    }
    return this;
  }

  public WavBytes f64(double... values) {
    for (double value : values) {
      u64(Double.doubleToRawLongBits(value));
    }
    return this;
  }

  /** A plain fmt chunk of 16 bytes. */
  public WavBytes fmt(int tag, int channels, long rate, int bits) {
    int align = channels * bits / 8;
    return text("fmt ").u32(16).fields(tag, channels, rate, align, bits);
  }

  /** The first 16 bytes of a fmt chunk's body. */
  public WavBytes fields(int tag, int channels, long rate, int align, int bits) {
    return u16(tag, channels).u32(rate, rate * align).u16(align, bits);
  }

  /** An EXTENSIBLE fmt chunk. */
  public WavBytes extensible(int tag, int channels, long rate, int bits, int validBits) {
    text("fmt ").u32(40).fields(0xfffe, channels, rate, channels * bits / 8, bits);
    u16(22, validBits).u32(0).u16(tag);
    return u8(0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71);
  }

  /** A chunk with a right size and, as the standard wants, a pad byte. */
  public WavBytes chunk(String id, byte[] body) {
    text(id).u32(body.length).raw(body);
    return body.length % 2 == 1 ? u8(0) : this;
  }

  /** A data chunk of whatever was built. */
  public WavBytes data(WavBytes body) {
    return chunk("data", body.out.toByteArray());
  }

  /** The file; the RIFF size is filled in if it was left 0. */
  public byte[] bytes() {
    byte[] file = out.toByteArray();
    boolean patch =
        file.length >= 8 && file[4] == 0 && file[5] == 0 && file[6] == 0 && file[7] == 0;
    for (int i = 0; patch && i < 4; i++) {
      file[4 + i] = (byte) (file.length - 8 >> 8 * i);
    }
    return file;
  }

  /** The bytes as they stand. */
  public byte[] unpatched() {
    return out.toByteArray();
  }

  /** Reads the file through the engine. */
  public static float[] samples(byte[] file) throws IOException {
    return WavReader.read(new ByteArrayInputStream(file), "test.wav").samples();
  }
}

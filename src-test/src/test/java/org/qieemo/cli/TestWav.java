package org.qieemo.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** WAV files, good and bad ones. */
final class TestWav {
  private static final int RATE = 16_000;
  private static final int HEADER = 44;

  private TestWav() {}

  /** A tone of 16 bits. */
  static Path tone(Path file, double seconds) throws IOException {
    return Files.write(file, tone(seconds));
  }

  /** Less than its header promises. */
  static Path truncated(Path file) throws IOException {
    byte[] whole = tone(1);
    return Files.write(file, Arrays.copyOf(whole, whole.length / 2));
  }

  /** A header, no samples. */
  static Path empty(Path file) throws IOException {
    return Files.write(file, tone(0));
  }

  /** Float samples, one of them NaN. */
  static Path notANumber(Path file) throws IOException {
    ByteBuffer wav = header(RATE, 3, Float.BYTES);
    wav.position(HEADER + 100 * Float.BYTES).putFloat(Float.NaN);
    return Files.write(file, wav.array());
  }

  private static byte[] tone(double seconds) {
    int samples = (int) (seconds * RATE);
    ByteBuffer wav = header(samples, 1, Short.BYTES);
    for (int i = 0; i < samples; i++) {
      wav.putShort((short) (8000 * Math.sin(2 * Math.PI * 200 * i / RATE)));
    }
    return wav.array();
  }

  private static ByteBuffer header(int samples, int format, int width) {
    int size = samples * width;
    ByteBuffer wav = ByteBuffer.allocate(HEADER + size).order(ByteOrder.LITTLE_ENDIAN);
    wav.put(ascii("RIFF")).putInt(36 + size).put(ascii("WAVEfmt ")).putInt(16);
    wav.putShort((short) format).putShort((short) 1).putInt(RATE).putInt(RATE * width);
    wav.putShort((short) width).putShort((short) (8 * width));
    return wav.put(ascii("data")).putInt(size);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

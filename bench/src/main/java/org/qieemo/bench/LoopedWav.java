package org.qieemo.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.qieemo.Audio;

/** Writes long recordings: a voice again and again, mono, 16 bit. */
final class LoopedWav {
  private static final int HEADER = 44;
  private static final float SCALE = 32_767;

  private LoopedWav() {}

  /** Writes so many minutes; sizes up to 2 GB. */
  static void write(Audio voice, int minutes, Path file) throws IOException {
    int rate = voice.sampleRate();
    long samples = 60L * minutes * rate;
    byte[] loop = bytes(voice);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(header(rate, Math.toIntExact(2 * samples)));
      for (long left = 2 * samples; left > 0; left -= loop.length) {
        out.write(loop, 0, (int) Math.min(left, loop.length));
      }
    }
  }

  private static byte[] bytes(Audio voice) {
    ByteBuffer bytes = little(2 * voice.samples().length);
    for (float sample : voice.samples()) {
      bytes.putShort((short) Math.round(SCALE * Math.max(-1, Math.min(1, sample))));
    }
    return bytes.array();
  }

  private static byte[] header(int rate, int bytes) {
    ByteBuffer header = little(HEADER);
    header.put(ascii("RIFF")).putInt(HEADER - 8 + bytes).put(ascii("WAVEfmt ")).putInt(16);
    header.putShort((short) 1).putShort((short) 1).putInt(rate).putInt(2 * rate);
    header.putShort((short) 2).putShort((short) 16).put(ascii("data")).putInt(bytes);
    return header.array();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

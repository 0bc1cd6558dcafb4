package org.qieemo.converter.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.source.ByteSource;

/** A forward reader of a pickle's bytes. Not thread-safe. */
final class PickleInput {
  private static final int BUFFER = 1 << 15;
  private static final int MAX_LINE = 200;
  private static final int MAX_SHARED = 32;
  private static final int SHARED = 256;

  private final ByteSource source;
  private final byte[] buffer = new byte[BUFFER];
  private long bufferAt;
  private int bufferSize;
  private long position;
  private final byte[] some = new byte[MAX_SHARED];
  private final String[] shared = new String[SHARED];
  private final byte[][] sharedBytes = new byte[SHARED][];
  private final int[] sharedCount = new int[SHARED];

  PickleInput(ByteSource source, long position) {
    this.source = source;
    this.position = position;
  }

  ByteSource source() {
    return source;
  }

  long position() {
    return position;
  }

  int uint8() throws IOException {
    if (position < bufferAt || position >= bufferAt + bufferSize) {
      if (position >= source.size()) {
        throw source.error(position, "the pickle ends before its STOP: truncated");
      }
      bufferAt = position;
      bufferSize = (int) Math.min(BUFFER, source.size() - position);
      source.read(position, buffer, 0, bufferSize);
    }
    return buffer[(int) (position++ - bufferAt)] & 0xff;
  }

  /** An unsigned little-endian integer of up to 4 bytes. */
  long unsigned(int width) throws IOException {
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= (long) uint8() << 8 * i;
    }
    return value;
  }

  /** A double, big-endian as pickle has it. */
  double bigEndianDouble() throws IOException {
    long bits = 0;
    for (int i = 0; i < 8; i++) {
      bits = bits << 8 | uint8();
    }
    return Double.longBitsToDouble(bits);
  }

  byte[] bytes(long count) throws IOException {
    ByteBuffer bytes = source.bytes(position, count, "a string of the pickle");
    position += count;
    return bytes.array();
  }

  String text(long count) throws IOException {
    return count <= MAX_SHARED ? shared((int) count) : text(position, bytes(count), (int) count);
  }

  /** Short texts that recur are made once. */
  private String shared(int count) throws IOException {
    long at = position;
    int hash = count;
    for (int i = 0; i < count; i++) {
      some[i] = (byte) uint8();
      hash = 31 * hash + some[i];
    }
    int slot = (hash ^ hash >>> 16) & SHARED - 1;
    if (shared[slot] == null
        || !Arrays.equals(some, 0, count, sharedBytes[slot], 0, sharedCount[slot])) {
      shared[slot] = text(at, some, count);
      sharedCount[slot] = count;
      if (sharedBytes[slot] == null) {
        sharedBytes[slot] = new byte[MAX_SHARED];
      }
      System.arraycopy(some, 0, sharedBytes[slot], 0, count);
    }
    return shared[slot];
  }

  private String text(long at, byte[] bytes, int count) throws ModelFormatException {
    String text = new String(bytes, 0, count, StandardCharsets.UTF_8);
    if (text.indexOf('\ufffd') >= 0) { // also what a malformed byte becomes
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, count));
      } catch (CharacterCodingException e) {
        throw error(at, "a string of the pickle is not valid UTF-8");
      }
    }
    return text;
  }

  /** Printable ASCII up to a line feed. */
  String line() throws IOException {
    long at = position;
    StringBuilder line = new StringBuilder();
    for (int next = uint8(); next != '\n'; next = uint8()) {
      if (next <= ' ' || next >= 0x7f || line.length() == MAX_LINE) {
        throw error(at, "a name of the pickle is too long or not printable");
      }
      line.append((char) next);
    }
    return line.toString();
  }

  ModelFormatException error(long at, String reason) {
    return source.error(at, reason);
  }
}

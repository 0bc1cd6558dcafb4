package org.qieemo.weights;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.qieemo.ModelFormatException;

/** A forward reader of little-endian values that knows how many bytes are left. Not thread-safe. */
final class GgufInput {
  /** Size of a stream that does not tell. */
  static final long UNKNOWN_SIZE = Long.MAX_VALUE;

  /** Bytes of the largest array. */
  static final long MAX_ARRAY = Integer.MAX_VALUE - 8;

  private static final int CHUNK = 1 << 16;

  private final InputStream in;
  private final String name;
  private final long size;
  private long position;

  GgufInput(InputStream in, String name, long size) {
    this.in = new BufferedInputStream(in, CHUNK / 4);
    this.name = name;
    this.size = size;
  }

  String name() {
    return name;
  }

  long position() {
    return position;
  }

  boolean sized() {
    return size != UNKNOWN_SIZE;
  }

  ModelFormatException error(long at, String reason) {
    return new ModelFormatException(name, at, reason);
  }

  /**
   * Fails unless {@code count} bytes from {@code at} on lie inside the file.
   *
   * @param what for the message alone: no text is made of it otherwise
   */
  void require(long at, long count, Object what) throws ModelFormatException {
    if (count < 0 || at > size || count > size - at) {
      throw error(
          at,
          what
              + " needs "
              + Long.toUnsignedString(count)
              + " bytes, the file has "
              + Math.max(0, size - at)
              + " left: truncated or damaged");
    }
  }

  /** A count that the bytes left can hold. */
  int count(String what, long count, int leastBytes) throws ModelFormatException {
    long left = Math.min(size - position, MAX_ARRAY);
    if (count < 0 || count > left / leastBytes) {
      throw error(position - 8, Long.toUnsignedString(count) + " " + what + " do not fit the file");
    }
    // a stream cannot vouch for its length: no list is sized by its word alone
    if (!sized() && count > CHUNK * 16) {
      throw error(position - 8, count + " " + what + " are more than a stream may announce");
    }
    return (int) count;
  }

  byte int8() throws IOException {
    return (byte) integer(1);
  }

  short int16() throws IOException {
    return (short) integer(2);
  }

  int int32() throws IOException {
    return (int) integer(4);
  }

  long int64() throws IOException {
    return integer(8);
  }

  private long integer(int width) throws IOException {
    require(position, width, "a value");
    long value = 0;
    for (int i = 0; i < width; i++) {
      int next = in.read();
      if (next < 0) {
        throw truncated("a value");
      }
      value |= (long) next << 8 * i;
      position++;
    }
    return value;
  }

  /** A length of 8 bytes, then valid UTF-8. */
  String string(String what, int maxBytes) throws IOException {
    long at = position;
    long length = int64();
    if (length < 0 || length > maxBytes) {
      throw error(at, what + " of " + Long.toUnsignedString(length) + " bytes: too long");
    }
    if (length == 0) {
      return "";
    }
    byte[] bytes = bytes(length, what);
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\ufffd') >= 0) { // also what a malformed byte becomes
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      } catch (CharacterCodingException e) {
        throw error(at, what + " is not valid UTF-8");
      }
    }
    return text;
  }

  /** Exactly {@code count} bytes; a stream of unknown length is believed only as it arrives. */
  byte[] bytes(long count, Object what) throws IOException {
    require(position, count, what);
    if (count > MAX_ARRAY) {
      throw error(position, what + " of " + count + " bytes: more than 2 GiB");
    }
    if (!sized() && count > CHUNK) {
      byte[] bytes = in.readNBytes((int) count);
      position += bytes.length;
      if (bytes.length < count) {
        throw truncated(what);
      }
      return bytes;
    }
    byte[] bytes = new byte[(int) count];
    for (int at = 0; at < bytes.length; ) {
      int read = in.read(bytes, at, Math.min(CHUNK, bytes.length - at));
      if (read < 0) {
        throw truncated(what);
      }
      at += read;
      position += read;
    }
    return bytes;
  }

  /** Passes over padding. */
  void skipTo(long target) throws IOException {
    require(position, target - position, "padding");
    while (position < target) {
      int8();
    }
  }

  /** Fails if anything but padding up to {@code padded} follows. */
  void end(long padded) throws IOException {
    long at = position;
    while (in.read() >= 0) {
      position++;
      if (position > padded) {
        throw error(at, "bytes follow the last tensor");
      }
    }
  }

  private ModelFormatException truncated(Object what) {
    return error(position, "the file ends inside " + what + ": truncated");
  }
}

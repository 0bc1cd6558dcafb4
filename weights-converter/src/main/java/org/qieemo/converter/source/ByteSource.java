package org.qieemo.converter.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.qieemo.ModelFormatException;

/** Bytes that can be read at any place: a file, or a part of one. Thread-safe. */
public interface ByteSource {
  /** The file's name, for messages. */
  String name();

  /** Number of bytes. */
  long size();

  /**
   * Fills a part of an array.
   *
   * @throws ModelFormatException if the bytes are not there
   */
  void read(long at, byte[] into, int from, int count) throws IOException;

  /** An exception about a place. */
  default ModelFormatException error(long at, String reason) {
    return new ModelFormatException(name(), at, reason);
  }

  /** Fails unless {@code count} bytes lie at {@code at}. */
  default void require(long at, long count, String what) throws ModelFormatException {
    if (at < 0 || count < 0 || at > size() || count > size() - at) {
      throw error(
          at,
          what
              + " of "
              + Long.toUnsignedString(count)
              + " bytes does not lie inside the file of "
              + size()
              + ": truncated or damaged");
    }
  }

  /** A copy of some bytes as a little-endian buffer; checked before it is allocated. */
  default ByteBuffer bytes(long at, long count, String what) throws IOException {
    require(at, count, what);
    if (count > Integer.MAX_VALUE - 8) {
      throw error(at, what + " of " + count + " bytes: more than 2 GiB");
    }
    byte[] bytes = new byte[(int) count];
    read(at, bytes, 0, bytes.length);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A part as a source of its own, which is called {@code source!part}. */
  default ByteSource part(String part, long from, long size) throws ModelFormatException {
    require(from, size, part);
    return new PartSource(this, part, from, size);
  }
}

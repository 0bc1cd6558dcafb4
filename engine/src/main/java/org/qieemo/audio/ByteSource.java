package org.qieemo.audio;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import org.qieemo.AudioFormatException;

/**
 * A buffered input that knows its name, its offset and, for files, its size, so that every error
 * can say where. Holds one fixed buffer. Confined to one thread.
 */
final class ByteSource implements Closeable {
  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final String name;
  private final long size;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;
  private long bufferOffset;

  /**
   * @param size bytes of the whole input, or -1 where only the end of the stream will tell
   */
  ByteSource(InputStream in, String name, long size) {
    this.in = in;
    this.name = name;
    this.size = size;
  }

  /** Bytes consumed so far. */
  long offset() {
    return bufferOffset + position;
  }

  /** Whether the input's size is known. */
  boolean sizeKnown() {
    return size >= 0;
  }

  /** Bytes that are left, where the size is known; else as many as a long can say. */
  long remaining() {
    return sizeKnown() ? Math.max(0, size - offset()) : Long.MAX_VALUE;
  }

  /**
   * Makes bytes available to {@link #peek} without consuming them.
   *
   * @param n at most the buffer's size
   * @return n, or less at the end of the input
   */
  int lookAhead(int n) throws AudioFormatException {
    if (limit - position < n) {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      bufferOffset += position;
      limit -= position;
      position = 0;
      while (limit < n && fill() > 0) {
        continue;
      }
    }
    return Math.min(n, limit - position);
  }

  /** A byte that {@link #lookAhead} made available, 0..255. */
  int peek(int index) {
    return buffer[position + index] & 0xff;
  }

  /** Little-endian 32 bits from the looked-ahead bytes. */
  int peekInt(int index) {
    return peek(index) | peek(index + 1) << 8 | peek(index + 2) << 16 | peek(index + 3) << 24;
  }

  /**
   * Reads until the input ends.
   *
   * @return n, or less at the end of the input
   */
  int read(byte[] target, int offset, int n) throws AudioFormatException {
    int done = 0;
    while (done < n && lookAhead(1) > 0) {
      int part = Math.min(n - done, limit - position);
      System.arraycopy(buffer, position, target, offset + done, part);
      position += part;
      done += part;
    }
    return done;
  }

  /**
   * Skips bytes without keeping them.
   *
   * @return n, or less at the end of the input
   */
  long skip(long n) throws AudioFormatException {
    long done = 0;
    while (done < n && lookAhead(1) > 0) {
      int part = (int) Math.min(n - done, limit - position);
      position += part;
      done += part;
    }
    return done;
  }

  /** An error at an offset of this input. */
  AudioFormatException error(long offset, String reason) {
    return new AudioFormatException(name, offset, reason);
  }

  private int fill() throws AudioFormatException {
    try {
      int n = in.read(buffer, limit, buffer.length - limit);
      limit += Math.max(n, 0);
      return n;
    } catch (IOException e) {
      boolean interrupted = e instanceof ClosedByInterruptException;
      String why = interrupted ? "the thread was interrupted" : e.getMessage();
      AudioFormatException error = error(bufferOffset + limit, "cannot be read: " + why);
      error.initCause(e);
      throw error;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

package org.qieemo.converter.container;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.qieemo.converter.source.ByteSource;
import org.qieemo.converter.source.FileSource;

/** A gzip-compressed file, unpacked to a temporary one that {@link #close} deletes. */
final class GzipFile implements Closeable {
  private static final int MAX_RATIO = 64;
  private static final long FREE_BYTES = 1L << 24;
  private static final int CHUNK = 1 << 16;

  private final Path temporary;
  private final FileSource source;

  GzipFile(ByteSource packed) throws IOException {
    this.temporary = Files.createTempFile("qieemo-", ".tar");
    try {
      unpack(packed);
      this.source = FileSource.open(temporary);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  static boolean isGzip(ByteSource source) throws IOException {
    return source.size() > 2 && source.bytes(0, 2, "the magic number").getShort() == (short) 0x8b1f;
  }

  ByteSource source() {
    return source;
  }

  private void unpack(ByteSource packed) throws IOException {
    long limit = FREE_BYTES + MAX_RATIO * packed.size();
    byte[] chunk = new byte[CHUNK];
    long size = 0;
    try (InputStream in = new GZIPInputStream(new SourceStream(packed), CHUNK);
        OutputStream out = Files.newOutputStream(temporary)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        size += read;
        if (size > limit) {
          throw packed.error(0, "unpacks to more than " + limit + " bytes: weights never do");
        }
        out.write(chunk, 0, read);
      }
    } catch (ZipException | EOFException e) {
      throw packed.error(0, "damaged gzip data: " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    source.close();
    Files.deleteIfExists(temporary);
  }

  /** A source as a stream. */
  private static final class SourceStream extends InputStream {
    private final ByteSource source;
    private long at;

    SourceStream(ByteSource source) {
      this.source = source;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
      int step = (int) Math.min(count, source.size() - at);
      if (step <= 0) {
        return count == 0 ? 0 : -1;
      }
      source.read(at, into, from, step);
      at += step;
      return step;
    }
  }
}

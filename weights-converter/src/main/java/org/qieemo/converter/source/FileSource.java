package org.qieemo.converter.source;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.qieemo.ModelFormatException;

/**
 * A regular file, read by position and never mapped, so that a file that shrinks meanwhile is an
 * exception and not a crash. Thread-safe; {@link #close} is idempotent.
 */
public final class FileSource implements ByteSource, Closeable {
  private static final int CHUNK = 1 << 16;

  private final Path file;
  private final FileChannel channel;
  private final long size;

  private FileSource(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.size = channel.size();
  }

  /**
   * Opens a file.
   *
   * @throws ModelFormatException if it is a folder, a device or another special file
   */
  public static FileSource open(Path file) throws IOException {
    if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
      throw new ModelFormatException(file.toString(), 0, "not a regular file");
    }
    return new FileSource(file, FileChannel.open(file, StandardOpenOption.READ));
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long at, byte[] into, int from, int count) throws IOException {
    require(at, count, "a read");
    for (int done = 0; done < count; ) {
      // small steps: the channel copies each through a direct buffer of its size
      ByteBuffer step = ByteBuffer.wrap(into, from + done, Math.min(CHUNK, count - done));
      int read = channel.read(step, at + done);
      if (read < 0) {
        throw error(at + done, "the file ends here; it shrank while it was read");
      }
      done += read;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

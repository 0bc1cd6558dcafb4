package org.qieemo.converter.source;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.qieemo.FormatException;
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
   * @throws ModelFormatException if it is a folder, a device or another special file, or a link
   *     that leads nowhere
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  public static FileSource open(Path file) throws IOException {
    try {
      if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
        throw new ModelFormatException(file.toString(), 0, "not a regular file");
      }
    } catch (FileSystemException e) {
      if (e.getReason() == null) {
        throw e; // absent, or not permitted: the exception's class says it
      }
      throw new ModelFormatException(
          file.toString(), FormatException.NO_OFFSET, "cannot be opened: " + e.getReason());
    }
    try {
      return new FileSource(file, FileChannel.open(file, StandardOpenOption.READ));
    } catch (ClosedByInterruptException e) {
      throw interrupted(file, 0);
    }
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
      int read = read(step, at + done);
      if (read < 0) {
        throw error(at + done, "the file ends here; it shrank while it was read");
      }
      done += read;
    }
  }

  private int read(ByteBuffer step, long at) throws IOException {
    try {
      return channel.read(step, at);
    } catch (ClosedByInterruptException e) {
      throw interrupted(file, at);
    }
  }

  private static ModelFormatException interrupted(Path file, long at) {
    return new ModelFormatException(
        file.toString(), at, "the thread was interrupted while it read the file");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

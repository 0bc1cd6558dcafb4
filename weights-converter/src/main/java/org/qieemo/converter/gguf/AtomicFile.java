package org.qieemo.converter.gguf;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that appears under its name only when it is complete: it is written beside it, forced to
 * disk and renamed. Closing it before {@link #commit} leaves nothing behind. Not thread-safe.
 */
final class AtomicFile implements Closeable {
  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private boolean committed;

  /** Starts a file; whatever stands under its name stays until {@link #commit}. */
  AtomicFile(Path target) throws IOException {
    this.target = target;
    String name = "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp";
    this.temporary = target.resolveSibling(name);
    Files.deleteIfExists(temporary); // of a process of the same id that was killed
    this.channel =
        FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
  }

  /** Writes all of a buffer at a position. */
  void write(ByteBuffer bytes, long position) throws IOException {
    ByteBuffer left = bytes.duplicate();
    for (long at = position; left.hasRemaining(); ) {
      at += channel.write(left, at);
    }
  }

  /** Gives the file its name. */
  void commit() throws IOException {
    channel.force(true);
    channel.close();
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    committed = true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!committed) {
      Files.deleteIfExists(temporary);
    }
  }
}

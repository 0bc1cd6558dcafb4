package org.qieemo.converter.output;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that appears under its name only when it is complete: it is written beside it, forced to
 * disk and renamed. Closing it before {@link #commit} leaves nothing behind, and an older file of
 * that name stays as it was. A symbolic link stays one: its target is replaced. Not thread-safe.
 */
public final class AtomicFile implements Closeable {
  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private boolean committed;

  /** Writes a file's content. */
  @FunctionalInterface
  public interface Content {
    /** Writes all of it; the stream is buffered and closed by the caller. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Starts a file; whatever stands under its name stays until {@link #commit}.
   *
   * @throws IOException as {@link #requireWritable}, or if the file cannot be created
   */
  public AtomicFile(Path target) throws IOException {
    requireWritable(target);
    boolean link = Files.isSymbolicLink(target) && Files.exists(target);
    this.target = link ? target.toRealPath() : target;
    String name = "." + this.target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp";
    this.temporary = this.target.resolveSibling(name);
    Files.deleteIfExists(temporary); // of a process of the same id that was killed
    this.channel =
        FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
  }

  /**
   * Refuses what a rename would destroy (a device, say), and what cannot be created.
   *
   * @throws IOException with a message for users, without the target's name
   */
  public static void requireWritable(Path target) throws IOException {
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new IOException("is a folder or device; give the name of a file to write");
    }
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException("cannot be written: there is no folder " + folder);
    }
    if (!Files.isWritable(folder)) {
      throw new IOException("cannot be written: no permission to write in " + folder);
    }
  }

  /** Writes a whole file. */
  public static void write(Path target, Content content) throws IOException {
    try (AtomicFile file = new AtomicFile(target)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file.channel));
      content.writeTo(out);
      out.flush();
      file.commit();
    }
  }

  /** Writes all of a buffer at a position. */
  public void write(ByteBuffer bytes, long position) throws IOException {
    ByteBuffer left = bytes.duplicate();
    for (long at = position; left.hasRemaining(); ) {
      at += channel.write(left, at);
    }
  }

  /** Gives the file its name. */
  public void commit() throws IOException {
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

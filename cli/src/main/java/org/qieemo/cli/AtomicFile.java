package org.qieemo.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that appear under their name only when they are complete. */
final class AtomicFile {
  private AtomicFile() {}

  /** Writes a file's content. */
  interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Refuses what a rename would destroy (a device, say), and what cannot be created.
   *
   * @throws IOException with a message for users, without the target's name
   */
  static void requireWritable(Path target) throws IOException {
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

  /**
   * Writes beside the target, then renames. On failure nothing is left, and an older file of that
   * name stays as it was.
   */
  static void write(Path target, Content content) throws IOException {
    requireWritable(target);
    Path file = Files.isSymbolicLink(target) && Files.exists(target) ? target.toRealPath() : target;
    Path temporary =
        file.resolveSibling(
            "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    try {
      try (OutputStream out =
          new BufferedOutputStream(
              Files.newOutputStream(
                  temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
        content.writeTo(out);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}

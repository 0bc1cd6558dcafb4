package org.qieemo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads lists and tables, also from a pipe; a device without an end is refused. */
final class SmallFile {
  private static final int MOST = 1 << 26;

  private SmallFile() {}

  /** All bytes. */
  static byte[] read(String name) throws IOException {
    try (InputStream in = Files.newInputStream(Path.of(name))) {
      byte[] bytes = in.readNBytes(MOST);
      if (in.read() >= 0) {
        throw new IOException("more than 64 MiB: no list of files");
      }
      return bytes;
    }
  }
}

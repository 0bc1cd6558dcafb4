package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** How much there is to hear, guessed without opening anything. */
final class Recordings {
  private static final double BYTES_PER_SECOND = 32_000; // 16 kHz, 16 bits, one channel

  private Recordings() {}

  /**
   * Seconds of audio in some files, from their sizes: a guess on the high side for higher rates and
   * more channels. Infinity if one is no regular file, whose size says nothing.
   */
  static double seconds(List<String> files) {
    double bytes = 0;
    for (String file : files) {
      bytes += size(file);
    }
    return bytes / BYTES_PER_SECOND;
  }

  private static double size(String file) {
    try {
      Path path = Path.of(file);
      if (!Files.exists(path)) {
        return 0; // whoever reads it will say so
      }
      return Files.isRegularFile(path) ? Files.size(path) : Double.POSITIVE_INFINITY;
    } catch (InvalidPathException | IOException e) {
      return 0;
    }
  }
}

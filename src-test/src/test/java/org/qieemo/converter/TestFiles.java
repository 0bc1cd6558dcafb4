package org.qieemo.converter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.qieemo.support.Repository;

/** The files that {@code resources/converter/make_goldens.py} makes. */
public final class TestFiles {
  private TestFiles() {}

  public static Path path(String file) {
    return Repository.root().resolve("src-test/src/test/resources/converter").resolve(file);
  }

  public static byte[] read(String file) throws IOException {
    return Files.readAllBytes(path(file));
  }
}

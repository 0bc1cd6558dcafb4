package org.qieemo.support;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds files of the checkout and, beside it, optional real data. */
public final class Repository {
  private Repository() {}

  /** The folder that holds the root {@code pom.xml}. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      if (Files.exists(folder.resolve("src-test")) && Files.exists(folder.resolve("engine"))) {
        return folder;
      }
      folder = folder.getParent();
    }
    throw new IllegalStateException("run the tests inside a checkout of the repository");
  }

  /** The folder of golden files. */
  public static Path goldens() {
    return root().resolve("src-test/src/test/resources/goldens");
  }

  /**
   * A file of the data beside the checkout; the test is skipped, with a line, where it is absent.
   */
  public static Path sharedOrSkip(String path) {
    Path file = root().resolveSibling("shared").resolve(path);
    boolean there = Files.exists(file);
    if (!there) {
      System.out.println("skipped: needs ../shared/" + path + " beside the checkout");
    }
    Assumptions.assumeTrue(there, "needs ../shared/" + path);
    return file;
  }
}

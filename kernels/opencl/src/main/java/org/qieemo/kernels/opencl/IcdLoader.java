package org.qieemo.kernels.opencl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether Linux has OpenCL's library at all. JOCL's native code would find out too, but it writes
 * to standard error of the process, at every start. Stateless.
 *
 * @param cache what the dynamic linker knows, /etc/ld.so.cache
 * @param folders where it looks besides
 */
record IcdLoader(Path cache, List<Path> folders) {
  private static final List<String> NAMES = List.of("libOpenCL.so.1", "libOpenCL.so");

  /** This machine's. */
  static IcdLoader here() {
    String environment = System.getenv().getOrDefault("LD_LIBRARY_PATH", "");
    String all = environment + ":" + System.getProperty("java.library.path", "");
    List<Path> folders =
        List.of(all.split(":")).stream().filter(f -> !f.isEmpty()).map(Path::of).toList();
    return new IcdLoader(Path.of("/etc/ld.so.cache"), folders);
  }

  /** Whether it is surely not there; false where that cannot be told. */
  boolean isAbsent() {
    try {
      String known = Files.readString(cache, StandardCharsets.ISO_8859_1);
      return NAMES.stream().noneMatch(known::contains)
          && folders.stream().noneMatch(IcdLoader::isIn);
    } catch (IOException e) { // another system, or another C library
      return false;
    }
  }

  private static boolean isIn(Path folder) {
    return NAMES.stream().anyMatch(name -> Files.exists(folder.resolve(name)));
  }
}

package org.qieemo.kernels.device;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Loads the native code of JOCL and JCuda. They would unpack it under a fixed name in the system's
 * temporary folder and trust what they find there; so it is unpacked into a private folder first,
 * and they are told that this is the temporary folder while they load.
 *
 * @param folder name of the private folder
 * @param file name of the library, in {@code /lib} of the binding's jar
 * @param binding name of the class whose initialiser loads it
 */
public record NativeLibrary(String folder, String file, String binding) {
  private static final String TEMPORARY = "java.io.tmpdir";

  /**
   * Unpacks and loads. One thread at a time, whichever library it is.
   *
   * @param anchor a class of the binding's jar that loads nothing
   * @throws IOException if the jar lacks the library, or it cannot be unpacked
   * @throws LinkageError if the system refuses it, or lacks what it needs
   */
  public void load(Class<?> anchor) throws IOException, ClassNotFoundException {
    synchronized (NativeLibrary.class) {
      Path unpacked = unpack(anchor);
      String before = System.getProperty(TEMPORARY);
      System.setProperty(TEMPORARY, unpacked.toString());
      try {
        Class.forName(binding, true, anchor.getClassLoader());
      } finally {
        System.setProperty(TEMPORARY, before);
      }
    }
  }

  /** Whether the binding's jar has the library. */
  public boolean exists(Class<?> anchor) {
    return anchor.getResource("/lib/" + file) != null;
  }

  /** Puts the library where the binding will look for it; gives the folder. */
  private Path unpack(Class<?> anchor) throws IOException {
    Path target = PrivateFolder.of(folder);
    try (InputStream in = anchor.getResourceAsStream("/lib/" + file)) {
      if (in == null) {
        throw new IOException("its jar has no lib/" + file);
      }
      byte[] library = in.readAllBytes();
      Path unpacked = target.resolve(file);
      if (!Files.exists(unpacked) || !Arrays.equals(Files.readAllBytes(unpacked), library)) {
        PrivateFolder.write(unpacked, library);
      }
    }
    return target;
  }
}

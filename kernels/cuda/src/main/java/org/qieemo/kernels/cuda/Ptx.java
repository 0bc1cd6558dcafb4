package org.qieemo.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.device.KernelText;

/**
 * The compiled kernels in the jar: one PTX file per kernel text, whose first line tells the digest
 * of the text. {@code kernels/cuda/compile-kernels} makes them. Stateless.
 */
final class Ptx {
  /** Before the digest. */
  private static final String HEADER = "// SHA-256 of the source: ";

  private Ptx() {}

  /**
   * The PTX of a text.
   *
   * @throws BackendException if the jar has none, or one of another text
   */
  static byte[] of(KernelText text) {
    String file = fileName(text);
    byte[] ptx = read(file);
    if (ptx == null || !isOf(text, ptx)) {
      throw new BackendException(
          "the CUDA kernels of "
              + text.name()
              + (ptx == null ? " are not compiled" : " are compiled from another text")
              + ": run kernels/cuda/compile-kernels and build again, or use --backend cpu");
    }
    return ptx;
  }

  /** Where the PTX of a text lies, relative to this class. */
  static String fileName(KernelText text) {
    return text.name().replace(' ', '-') + ".ptx";
  }

  private static boolean isOf(KernelText text, byte[] ptx) {
    byte[] line = (header(text) + "\n").getBytes(StandardCharsets.US_ASCII);
    return ptx.length > line.length && Arrays.equals(ptx, 0, line.length, line, 0, line.length);
  }

  /** The first line of the PTX of a text. */
  static String header(KernelText text) {
    return HEADER + digest(text);
  }

  private static String digest(KernelText text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.text().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** A file of the jar beside this class, null if there is none. */
  static byte[] read(String file) {
    try (InputStream in = Ptx.class.getResourceAsStream(file)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new BackendException("the jar cannot be read: " + e.getMessage(), e);
    }
  }
}

package org.qieemo.kernels.opencl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.qieemo.kernels.device.PrivateFolder;

/**
 * Built programs on disk: one file per key, which holds the digest of the binary, then the binary.
 * What is damaged is as good as absent; what cannot be written is not kept. Thread-safe, and safe
 * for several processes.
 */
final class BinaryCache {
  /** Largest binary that is kept, in bytes. */
  static final int LARGEST = 64 << 20;

  private static final System.Logger LOGGER = System.getLogger(BinaryCache.class.getName());
  private static final int DIGEST_BYTES = 32;

  private final Path folder; // null: nothing is kept

  /** Keeps files in a folder, or nothing for null. */
  BinaryCache(Path folder) {
    this.folder = folder;
  }

  /** The cache below the user's cache folder. */
  static BinaryCache ofThisUser() {
    try {
      return new BinaryCache(PrivateFolder.of("opencl"));
    } catch (IOException | SecurityException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "built kernels are not kept: " + e.getMessage());
      return new BinaryCache(null);
    }
  }

  /** The key of everything that a binary depends on. */
  static String key(String... parts) {
    MessageDigest digest = sha256();
    for (String part : parts) {
      digest.update(part.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The binary of that key, null if there is no sound one. */
  byte[] find(String key) {
    if (folder == null) {
      return null;
    }
    try {
      byte[] file = Files.readAllBytes(file(key));
      if (file.length > DIGEST_BYTES) {
        byte[] binary = Arrays.copyOfRange(file, DIGEST_BYTES, file.length);
        if (Arrays.equals(file, 0, DIGEST_BYTES, sha256().digest(binary), 0, DIGEST_BYTES)) {
          return binary;
        }
      }
      LOGGER.log(System.Logger.Level.DEBUG, "damaged, built anew: " + file(key));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "unreadable, built anew: " + file(key));
    }
    return null;
  }

  /** Keeps a binary. */
  void put(String key, byte[] binary) {
    if (folder == null) {
      return;
    }
    byte[] file = Arrays.copyOf(sha256().digest(binary), DIGEST_BYTES + binary.length);
    System.arraycopy(binary, 0, file, DIGEST_BYTES, binary.length);
    try {
      PrivateFolder.write(file(key), file);
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "not kept: " + e.getMessage());
    }
  }

  private Path file(String key) {
    return folder.resolve(key + ".bin");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

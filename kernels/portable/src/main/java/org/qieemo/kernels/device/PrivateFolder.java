package org.qieemo.kernels.device;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Locale;
import java.util.Set;

/**
 * A folder that belongs to this user alone: what is loaded or run from it was put there by this
 * user. Below the system property {@value #PROPERTY}, or the user's cache folder.
 */
public final class PrivateFolder {
  /** System property: where the cache lies. */
  public static final String PROPERTY = "qieemo.cache";

  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private PrivateFolder() {}

  /**
   * A folder of that name, made where it is missing.
   *
   * @throws IOException if it cannot be made, or others may write to it
   */
  public static Path of(String name) throws IOException {
    Path folder = root().resolve(name);
    if (!posix()) {
      return Files.createDirectories(folder); // below the user's profile, which Windows guards
    }
    var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(folder, mode);
    PosixFileAttributes found =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    boolean others = found.permissions().stream().anyMatch(OTHERS::contains);
    if (!found.isDirectory() || others || !found.owner().equals(me(folder))) {
      throw new IOException(
          folder + " must be your own folder with mode 0700; remove it, or set -D" + PROPERTY);
    }
    return folder;
  }

  /** Who owns what this process makes; a user without a name has no other way to tell. */
  private static UserPrincipal me(Path folder) throws IOException {
    Path made = Files.createTempFile(folder, "mine", ".tmp");
    try {
      return Files.getOwner(made);
    } finally {
      Files.delete(made);
    }
  }

  private static boolean posix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  private static Path root() {
    String set = System.getProperty(PROPERTY, "");
    if (!set.isEmpty()) {
      return Path.of(set);
    }
    Path home = Path.of(System.getProperty("user.home", "."));
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (os.contains("win")) {
      return below(System.getenv("LOCALAPPDATA"), home.resolve("AppData/Local"));
    }
    if (os.contains("mac")) {
      return home.resolve("Library/Caches/qieemo");
    }
    return below(System.getenv("XDG_CACHE_HOME"), home.resolve(".cache"));
  }

  private static Path below(String folder, Path otherwise) {
    return (folder == null || folder.isEmpty() ? otherwise : Path.of(folder)).resolve("qieemo");
  }

  /** Writes a file whole or not at all, whoever else writes it at the same time. */
  public static void write(Path file, byte[] content) throws IOException {
    Path temporary = Files.createTempFile(file.getParent(), "new", ".tmp");
    try {
      Files.write(temporary, content);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}

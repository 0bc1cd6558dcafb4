package org.qieemo.kernels.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.kernels.device.PrivateFolder;
import org.qieemo.opencl.OpenCl;

/** Built kernels on disk: found again, never trusted when damaged, private to the user. */
class BinaryCacheTest {
  @TempDir Path folder;

  @Test
  void findsWhatWasPut() {
    BinaryCache cache = new BinaryCache(folder);
    assertNull(cache.find("a"));
    cache.put("a", new byte[] {1, 2, 3});
    assertArrayEquals(new byte[] {1, 2, 3}, cache.find("a"));
    cache.put("a", new byte[] {4});
    assertArrayEquals(new byte[] {4}, cache.find("a"));
    assertNull(cache.find("b"));
  }

  @Test
  void damagedFilesAreAsGoodAsAbsent() throws IOException {
    BinaryCache cache = new BinaryCache(folder);
    cache.put("a", new byte[100]);
    Path file = folder.resolve("a.bin");
    byte[] sound = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, 32, 33, sound.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(sound, length));
      assertNull(cache.find("a"), "cut to " + length);
    }
    for (int at : new int[] {0, 31, 32, sound.length - 1}) {
      byte[] damaged = sound.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      assertNull(cache.find("a"), "damaged at " + at);
    }
  }

  @Test
  void everyPartOfAKeyCounts() {
    String key = BinaryCache.key("text", "options", "device", "driver");
    assertEquals(key, BinaryCache.key("text", "options", "device", "driver"));
    for (String[] other :
        List.of(
            new String[] {"text2", "options", "device", "driver"},
            new String[] {"text", "option", "sdevice", "driver"},
            new String[] {"text", "options", "device", "driver2"})) {
      assertNotEquals(key, BinaryCache.key(other));
    }
  }

  @Test
  void aFolderThatOthersMayWriteToIsRefused() throws IOException {
    withCache(
        folder,
        () -> {
          Path mine = PrivateFolder.of("test");
          assertEquals(
              "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(mine)));
          Files.setPosixFilePermissions(mine, PosixFilePermissions.fromString("rwxrwxrwx"));
          String message =
              assertThrows(IOException.class, () -> PrivateFolder.of("test")).getMessage();
          assertTrue(message.contains("0700"), message);
        });
  }

  @Test
  void aBackEndOpensFromTheCacheAndBesideADamagedOne() throws IOException {
    OpenCl.orSkip();
    withCache(
        folder,
        () -> {
          open();
          List<Path> kept = files();
          assertTrue(kept.size() >= 6, "kept: " + kept);
          byte[] first = Files.readAllBytes(kept.get(0));
          open();
          assertEquals(kept, files());
          for (Path file : kept) {
            Files.write(file, new byte[] {1, 2, 3});
          }
          open();
          assertEquals(kept, files());
          assertEquals(first.length, Files.size(kept.get(0)), "was written anew");
        });
  }

  private static void open() {
    try (Backend backend = DeviceBackend.open(OpenClDevices.open(""))) {
      assertTrue(backend.description().startsWith("OpenCL, "), backend.description());
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("opencl"))) {
      return files.sorted().toList();
    }
  }

  private interface Body {
    void run() throws IOException;
  }

  private static void withCache(Path folder, Body body) throws IOException {
    String before = System.getProperty(PrivateFolder.PROPERTY);
    System.setProperty(PrivateFolder.PROPERTY, folder.toString());
    try {
      body.run();
    } finally {
      if (before == null) {
        System.clearProperty(PrivateFolder.PROPERTY);
      } else {
        System.setProperty(PrivateFolder.PROPERTY, before);
      }
    }
  }
}

package org.qieemo.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.AudioFormatException;

/** Only regular files are opened by path, and only what they really hold is believed. */
@Timeout(60)
class WavFileTest {
  @TempDir Path folder;

  private static void refused(Path path, String reason) {
    AudioFormatException e = assertThrows(AudioFormatException.class, () -> WavReader.read(path));
    assertTrue(e.reason().contains(reason), e.getMessage());
    assertEquals(path.toString(), e.source());
    assertThrows(AudioFormatException.class, () -> WavReader.open(path).close());
  }

  @Test
  void case69NotRegular() throws IOException {
    refused(folder.resolve("absent.wav"), "no such file");
    refused(folder, "a directory, not a file");
    Path loop = folder.resolve("loop.wav");
    Files.createSymbolicLink(loop, loop);
    refused(loop, "cannot be opened: ");
    refused(Files.createFile(folder.resolve("empty.wav")), "the file is empty");
    Path zero = Path.of("/dev/zero");
    assumeTrue(Files.exists(zero), "skipped: no /dev/zero");
    refused(zero, "a device, pipe or socket, not a file");
  }

  @Test
  void case69Fifo() throws Exception {
    Path fifo = folder.resolve("fifo.wav");
    Process mkfifo;
    try {
      mkfifo = new ProcessBuilder("mkfifo", fifo.toString()).start();
    } catch (IOException e) {
      assumeTrue(false, "skipped: no mkfifo");
      return;
    }
    assertTrue(mkfifo.waitFor(10, TimeUnit.SECONDS));
    refused(fifo, "a device, pipe or socket, not a file");
  }

  @Test
  void linksAreFollowed() throws IOException {
    Path file =
        Files.write(
            folder.resolve("a.wav"), WavBytes.pcm16().data(new WavBytes().u16(16384)).bytes());
    Path link = Files.createSymbolicLink(folder.resolve("b.wav"), file);
    assertArrayEquals(new float[] {0.5f}, WavReader.read(link).samples(), 0);
  }

  @Test
  void truncatedFileIsRefusedWhenOpened() throws IOException {
    byte[] bytes = WavBytes.pcm16().text("data").u32(1 << 30).zeros(100).bytes();
    Path file = Files.write(folder.resolve("cut.wav"), bytes);
    AudioFormatException e = assertThrows(AudioFormatException.class, () -> WavReader.open(file));
    assertEquals(
        "the file is truncated: 1073741724 of 1073741824 bytes of audio are missing", e.reason());
    assertEquals(bytes.length, e.offset());
    byte[] chunk = WavBytes.riff().text("LIST").u32(5000).zeros(100).bytes();
    refused(Files.write(folder.resolve("list.wav"), chunk), "4900 are missing");
  }

  /** A sparse file of a terabyte: garbage is refused at once, audio can be read in blocks. */
  @Test
  void case69SparseTerabyte() throws IOException {
    long samples = 1L << 39;
    Path file = folder.resolve("sparse.wav");
    WavBytes head = WavBytes.head("RF64", 0xffffffffL).text("ds64").u32(28);
    head.u64(0, 2 * samples, samples).u32(0).fmt(WavBytes.PCM, 1, 16000, 16);
    head.text("data").u32(0xffffffffL);
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.write(head.bytes());
      raw.setLength(head.bytes().length + 2 * samples);
    } catch (IOException e) {
      assumeTrue(false, "skipped: no sparse files of 1 TB here");
    }
    refusedAsTooLong(file);
    try (WavReader reader = WavReader.open(file)) {
      assertEquals(samples, reader.format().frames());
      assertEquals(100_000, reader.read(new float[100_000], 0, 100_000));
    }
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.write(new byte[4]);
    }
    refused(file, "it begins with 00 00 00 00");
  }

  private static void refusedAsTooLong(Path file) {
    AudioFormatException e = assertThrows(AudioFormatException.class, () -> WavReader.read(file));
    assertTrue(e.reason().contains("samples do not fit a quarter of the heap"), e.getMessage());
  }

  @Test
  void case70ShrinksDuringTheRead() throws IOException {
    Path file = folder.resolve("shrinks.wav");
    Files.write(file, WavBytes.pcm16().data(new WavBytes().zeros(400_000)).bytes());
    try (WavReader reader = WavReader.open(file)) {
      assertEquals(1000, reader.read(new float[1000], 0, 1000));
      try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
        raw.setLength(200_044);
      }
      AudioFormatException e =
          assertThrows(
              AudioFormatException.class, () -> reader.read(new float[200_000], 0, 200_000));
      assertTrue(e.reason().contains("200000 of 400000 bytes of audio are missing"), e.reason());
    }
  }
}

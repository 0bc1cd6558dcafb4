package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.output.AtomicFile;
import org.qieemo.converter.safetensors.SafetensorsReader;
import org.qieemo.converter.source.FileSource;
import org.qieemo.converter.source.SourceTensor;
import org.qieemo.converter.torch.TorchCheckpoint;

/** Cases 69 to 71 of the hostile inputs: what is no file, files that change, files not written. */
@Timeout(60)
class HostileFilesTest {
  private static final long TERABYTE = 1L << 40;

  @TempDir Path folder;

  private static void refused(Path file, String reason) {
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> load(file));
    assertTrue(e.reason().contains(reason), e.getMessage());
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
  }

  private static void load(Path file) throws IOException {
    try (FileSource source = FileSource.open(file)) {
      if (file.toString().endsWith(".safetensors")) {
        SafetensorsReader.read(source);
      } else {
        TorchCheckpoint.read(source);
      }
    }
  }

  @Test
  void case69FoldersDevicesAndLoops() throws IOException {
    refused(folder, "not a regular file");
    Path loop = folder.resolve("loop.pt");
    Files.createSymbolicLink(loop, loop);
    refused(loop, "cannot be opened: ");
    Path zero = Path.of("/dev/zero");
    assumeTrue(Files.exists(zero), "skipped: no /dev/zero");
    refused(zero, "not a regular file");
  }

  @Test
  void case69Pipe() throws Exception {
    Path pipe = folder.resolve("pipe.pt");
    boolean made =
        Files.isExecutable(Path.of("/usr/bin/mkfifo"))
            && new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor() == 0;
    assumeTrue(made, "skipped: needs mkfifo");
    refused(pipe, "not a regular file");
  }

  @Test
  void case69SparseTerabytes() throws IOException {
    refused(sparse("zeros.pt"), "expected what torch.save writes, found something else");
    refused(sparse("zip.pt", 'P', 'K', 3, 4), "no zip end record at the end of the file");
    refused(sparse("zeros.safetensors"), "a header of 0 bytes");
    refused(sparse("header.safetensors", 1, 0xe1, 0xf5, 5), "a header of 100000001 bytes");
    refused(sparse("text.safetensors", 100), "the header is no JSON object");
  }

  /** A file of a terabyte that takes no room but for its first bytes. */
  private Path sparse(String name, int... head) throws IOException {
    Path file = folder.resolve(name);
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      for (int b : head) {
        raw.write(b);
      }
      raw.setLength(TERABYTE);
    } catch (IOException e) {
      assumeTrue(false, "skipped: no sparse files of 1 TB here");
    }
    return file;
  }

  @Test
  void case70TruncatedAfterTheHeader() throws IOException {
    Path file = Files.write(folder.resolve("a.pt"), TorchFixture.good().build());
    try (FileSource source = FileSource.open(file)) {
      SourceTensor tensor = TorchCheckpoint.read(source).tensors().get("w");
      try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
        raw.setLength(40);
      }
      ModelFormatException e = assertThrows(ModelFormatException.class, tensor::toFloats);
      assertTrue(e.reason().contains("it shrank while it was read"), e.getMessage());
    }
  }

  @Test
  void case70ReplacedAfterTheHeader() throws IOException {
    Path file = Files.write(folder.resolve("a.pt"), TorchFixture.good().build());
    try (FileSource source = FileSource.open(file)) {
      SourceTensor tensor = TorchCheckpoint.read(source).tensors().get("w");
      Path other = Files.writeString(folder.resolve("other"), "something else");
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
      assertArrayEquals(new float[4], tensor.toFloats(), 0, "still the file that was opened");
    }
    refused(file, "no PyTorch checkpoint");
  }

  @Test
  void case70InterruptedRead() throws Exception {
    Path file = Files.write(folder.resolve("a.pt"), TorchFixture.good().build());
    Thread thread =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              refused(file, "the thread was interrupted");
              assertTrue(Thread.interrupted(), "stays interrupted");
              finished = true;
            });
    thread.start();
    thread.join(TimeUnit.SECONDS.toMillis(30));
    assertTrue(finished);
  }

  private volatile boolean finished;

  @Test
  void case71FullDiskLeavesNothing() throws IOException {
    Path target = Files.writeString(folder.resolve("out.bin"), "older");
    IOException full = new IOException("No space left on device");
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    target,
                    out -> {
                      out.write(new byte[100_000]);
                      throw full;
                    }));
    assertEquals(full, e);
    assertEquals(List.of(target), files());
    assertEquals("older", Files.readString(target));
  }

  @Test
  void case71NothingStaysOfAnAbandonedFile() throws IOException {
    Path target = folder.resolve("out.bin");
    try (AtomicFile file = new AtomicFile(target)) {
      ByteBuffer bytes = ByteBuffer.allocate(100_000).order(ByteOrder.LITTLE_ENDIAN);
      file.write(bytes, 1 << 20);
      assertEquals(1, files().size(), "written beside its name");
      assertTrue(Files.notExists(target));
    }
    assertEquals(List.of(), files());
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }
}

package org.qieemo.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.ModelFormatException;

/** A million entries of a GGUF header: memory follows the header; a quadratic reader times out. */
@Timeout(300)
class GgufLimitsTest {
  private static final int MANY = 1_000_000;
  private static final int FREE = 1 << 20;
  private static final int HEADER_FACTOR = 16;
  private static final int MOST_BYTES = 80; // of an entry and its payload

  @TempDir Path folder;

  private static ByteBuffer header(int tensors, int pairs) {
    ByteBuffer file = ByteBuffer.allocate(MANY * MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return file.putInt(Gguf.MAGIC).putInt(Gguf.VERSION).putLong(tensors).putLong(pairs);
  }

  private static void name(ByteBuffer file, int i) {
    byte[] name = Integer.toString(i, Character.MAX_RADIX).getBytes(StandardCharsets.US_ASCII);
    file.putLong(name.length).put(name);
  }

  private Path write(ByteBuffer file) throws IOException {
    Path path = folder.resolve("many.gguf");
    Files.write(path, java.util.Arrays.copyOf(file.array(), file.position()));
    return path;
  }

  private static GgufFile readWithin(long bytes, Path path) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    GgufFile file = GgufReader.read(path);
    long used = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(used <= bytes, used + " bytes allocated, allowed " + bytes);
    return file;
  }

  @Test
  void aMillionMetadataKeys() throws IOException {
    ByteBuffer file = header(0, MANY);
    for (int i = 0; i < MANY; i++) {
      name(file, i);
      file.putInt(GgufFixture.UINT8).put((byte) i);
    }
    long limit = FREE + (long) HEADER_FACTOR * file.position();
    GgufFile read = readWithin(limit, write(file));
    assertEquals(MANY, read.metadata().values().size());
    assertEquals(MANY - 1 & 0xff, read.metadata().integer(Integer.toString(MANY - 1, 36)));
  }

  @Test
  void aMillionTensorNames() throws IOException {
    ByteBuffer file = tensors();
    int headerBytes = file.position();
    for (int i = 0; i < MANY; i++) {
      file.position((int) Gguf.align(file.position(), Gguf.DEFAULT_ALIGNMENT)).putFloat(i);
    }
    long limit = FREE + (long) HEADER_FACTOR * headerBytes + file.position() - headerBytes;
    GgufFile read = readWithin(limit, write(file));
    assertEquals(MANY, read.tensors().size());
    assertEquals(MANY - 1, read.tensors().get(MANY - 1).toFloats()[0]);
  }

  /** The last of a million names is the one before it again. */
  @Test
  void aRepeatedNameAmongAMillion() throws IOException {
    ByteBuffer file = tensors();
    int length = Integer.toString(MANY - 1, Character.MAX_RADIX).length();
    int last = file.position() - 4 - 4 - 8 - length;
    byte[] name = Integer.toString(MANY - 2, 36).getBytes(StandardCharsets.US_ASCII);
    file.duplicate().position(last).put(name);
    Path path = write(file);
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> GgufReader.read(path));
    assertTrue(e.reason().contains("occurs twice"), e.getMessage());
  }

  /** Scalars: a rank, a type and an offset each. */
  private static ByteBuffer tensors() {
    ByteBuffer file = header(MANY, 0);
    for (int i = 0; i < MANY; i++) {
      name(file, i);
      file.putInt(0).putInt(0).putLong((long) i * Gguf.DEFAULT_ALIGNMENT);
    }
    return file;
  }
}

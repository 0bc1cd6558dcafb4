package org.qieemo.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.ModelFormatException;
import org.qieemo.weights.GgufFixture.Out;

/** Cases 44 to 55, 57 and 69 of the hostile inputs: GGUF. */
class GgufHostileTest {
  @TempDir Path folder;

  private GgufFile read(byte[] bytes) throws IOException {
    Path file = folder.resolve("a.gguf");
    Files.write(file, bytes);
    return GgufReader.read(file);
  }

  /** Refused as a file and as a stream, with the reason, and without allocating much. */
  private ModelFormatException refused(byte[] bytes, String reason) throws IOException {
    Path file = folder.resolve("a.gguf");
    Files.write(file, bytes);
    assertThrows(ModelFormatException.class, () -> GgufReader.read(file)); // loads the classes
    long before = allocated();
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> GgufReader.read(file));
    long used = allocated() - before;
    assertTrue(e.reason().contains(reason), () -> "expected '" + reason + "': " + e.getMessage());
    assertTrue(used <= (1 << 20) + 17L * bytes.length, () -> used + " for " + bytes.length);
    assertThrows(
        ModelFormatException.class,
        () -> GgufReader.read(new ByteArrayInputStream(bytes), "stream"));
    return e;
  }

  private ModelFormatException refused(Consumer<GgufFixture> change, String reason)
      throws IOException {
    GgufFixture gguf = GgufFixture.good();
    change.accept(gguf);
    return refused(gguf.build(), reason);
  }

  private static long allocated() {
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return bean.getCurrentThreadAllocatedBytes();
  }

  @Test
  void goodFile() throws IOException {
    byte[] bytes = GgufFixture.good().build();
    GgufFile file = read(bytes);
    assertEquals("[a F32[2, 3], b Q8_0[32]]", file.tensors().toString());
    assertEquals("qieemo", file.metadata().string(Keys.ARCHITECTURE));
    assertEquals(2, GgufReader.read(new ByteArrayInputStream(bytes), "x").tensors().size());
  }

  @Test
  void allValueTypes() throws IOException {
    GgufFixture gguf = new GgufFixture();
    gguf.pair("u8", 0, (byte) -1).pair("i8", 1, (byte) -1);
    gguf.pair("u16", 2, (byte) -1, (byte) -1).pair("i16", 3, (byte) -1, (byte) -1);
    gguf.pair("u32", 4, new Out().number(-1, 4).toArray());
    gguf.pair("i32", 5, new Out().number(-1, 4).toArray());
    gguf.pair("f32", 6, new Out().number(Float.floatToIntBits(0.5f), 4).toArray());
    gguf.pair("bool", 7, (byte) 1);
    gguf.pair("text", 8, new Out().string("\u4e2d\ufffd").toArray());
    gguf.pair("u64", 10, new Out().number(Long.MAX_VALUE, 8).toArray());
    gguf.pair("i64", 11, new Out().number(-1, 8).toArray());
    gguf.pair("f64", 12, new Out().number(Double.doubleToLongBits(0.1), 8).toArray());
    gguf.array("list", 0, 3, (byte) 1, (byte) 200, (byte) 1);
    assertEquals(
        List.of(
            255L,
            -1L,
            65535L,
            -1L,
            4294967295L,
            -1L,
            0.5,
            true,
            "\u4e2d\ufffd",
            Long.MAX_VALUE,
            -1L,
            0.1,
            List.of(1L, 200L, 1L)),
        List.copyOf(read(gguf.build()).metadata().values().values()));
  }

  @Test
  void truncatedEverywhere() throws IOException {
    byte[] good = GgufFixture.good().build();
    for (int length = 0; length < good.length; length++) {
      byte[] prefix = Arrays.copyOf(good, length);
      assertThrows(ModelFormatException.class, () -> read(prefix), "length " + length);
      assertThrows(
          ModelFormatException.class,
          () -> GgufReader.read(new ByteArrayInputStream(prefix), "stream"));
    }
  }

  @Test
  void flippedBitsEverywhere() throws IOException {
    byte[] good = GgufFixture.good().build();
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        GgufReader.read(new ByteArrayInputStream(bad), "stream");
      } catch (ModelFormatException e) {
        assertTrue(e.offset() >= 0, e.getMessage());
      }
    }
  }

  @Test
  void case44MagicAndVersion() throws IOException {
    refused(g -> g.magic = 0x11223344, "not a GGUF file");
    refused(g -> g.magic = 0x47475546, "(big-endian)");
    refused(g -> g.version = 0, "version 0: unsupported");
    refused(g -> g.version = 1, "version 1: unsupported");
    refused(g -> g.version = 4, "version 4: unsupported");
    refused(g -> g.version = 0x03000000, "big-endian GGUF file");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1_000_000, 1L << 32})
  void case45Counts(long count) throws IOException {
    refused(g -> g.pairCount = count, "metadata pairs do not fit the file");
    refused(g -> g.tensorCount = count, "tensors do not fit the file");
  }

  @Test
  void case46Keys() throws IOException {
    refused(g -> g.pair("", GgufFixture.UINT8, (byte) 1), "key is empty");
    refused(g -> g.pair("general.architecture", GgufFixture.UINT8, (byte) 1), "occurs twice");
    refused(g -> g.pairs.set(0, new Out().number(-1, 8).raw(new byte[40]).toArray()), "too long");
    refused(g -> g.pairs.set(0, new Out().number(60_000, 8).toArray()), "truncated");
    refused(
        g -> g.pairs.set(0, new Out().number(1, 8).raw((byte) -1).number(0, 4).toArray()),
        "not valid UTF-8");
  }

  @Test
  void case47TypesAndArrays() throws IOException {
    refused(g -> g.pair("x", 13), "unknown metadata type 13");
    refused(g -> g.pair("x", -1), "unknown metadata type 4294967295");
    refused(g -> g.array("x", GgufFixture.ARRAY, 1, new byte[20]), "an array of arrays");
    refused(g -> g.array("x", GgufFixture.UINT64, 1L << 61), "do not fit the file");
    refused(g -> g.array("x", GgufFixture.UINT64, -1), "do not fit the file");
    refused(g -> g.array("x", 99, 1), "unknown metadata type 99");
    refused(g -> g.pair("x", GgufFixture.BOOL, (byte) 2), "a boolean must be 0 or 1");
    refused(
        g -> g.pair("x", GgufFixture.UINT64, new Out().number(-1, 8).toArray()), "2^63 or more");
    refused(
        g -> g.pair("x", GgufFixture.STRING, new Out().number(1L << 40, 8).toArray()), "too long");
  }

  @Test
  void case48MillionsOfSmallValues() throws IOException {
    int count = 2_000_000;
    byte[] strings = new byte[8 * count];
    refused(
        g -> g.array("x", GgufFixture.STRING, count, strings).cut = 1, "tensor b needs 34 bytes");
    byte[] numbers = new byte[count];
    Arrays.fill(numbers, (byte) 200);
    refused(g -> g.array("x", GgufFixture.UINT8, count, numbers).cut = 1, "tensor b needs");
    refused(g -> g.array("x", 1, count, numbers).cut = 1, "tensor b needs");
    refused(g -> g.array("x", GgufFixture.BOOL, count, new byte[count]).cut = 1, "tensor b needs");
    refused(g -> g.array("x", 2, count / 2, numbers).cut = 1, "tensor b needs");
  }

  @Test
  void case48ManyPairs() throws IOException {
    GgufFixture gguf = GgufFixture.good();
    for (int i = 0; i < 100_000; i++) {
      gguf.pair(Integer.toString(i, 36), GgufFixture.BOOL, (byte) 0);
    }
    gguf.cut = 1;
    refused(gguf.build(), "tensor b needs");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 13, 1 << 20, -32})
  void case49Alignment(int alignment) throws IOException {
    refused(
        g -> g.pair(Keys.ALIGNMENT, GgufFixture.UINT32, new Out().number(alignment, 4).toArray()),
        "general.alignment must be a power of two");
  }

  @Test
  void case49AlignmentOfAnotherType() throws IOException {
    refused(
        g -> g.pair(Keys.ALIGNMENT, GgufFixture.UINT64, new Out().number(32, 8).toArray()),
        "expected type UINT32");
    GgufFixture gguf = GgufFixture.good();
    gguf.alignment = 64;
    gguf.tensors.get(1).offset = 64;
    gguf.pair(Keys.ALIGNMENT, GgufFixture.UINT32, new Out().number(64, 4).toArray());
    assertEquals(2, read(gguf.build()).tensors().size());
  }

  @Test
  void case50TensorNames() throws IOException {
    refused(g -> g.tensors.get(0).name = "n".repeat(64), "tensor name of 64 bytes: too long");
    refused(g -> g.tensors.get(1).name = "a", "'a' occurs twice");
    refused(g -> g.tensors.get(0).name = "", "name is empty");
    GgufFixture gguf = GgufFixture.good();
    gguf.tensors.get(0).name = "n".repeat(63);
    assertEquals(2, read(gguf.build()).tensors().size());
  }

  @Test
  void case51Dimensions() throws IOException {
    refused(g -> g.tensors.get(0).dims = new long[] {1, 1, 1, 1, 6}, "up to 4 dimensions, found 5");
    refused(g -> g.tensors.get(0).rank = -2 & 0x7fffffff, "up to 4 dimensions");
    refused(g -> g.tensors.get(0).dims = new long[] {-3, 2}, "impossible dimension");
    refused(g -> g.tensors.get(0).dims = new long[] {0, 2}, "impossible dimension 0");
    refused(g -> g.tensors.get(0).dims = new long[] {1L << 31, 2}, "impossible dimension");
    long big = Integer.MAX_VALUE;
    refused(g -> g.tensors.get(0).dims = new long[] {big, big, big, big}, "overflows");
    refused(g -> g.tensors.get(0).dims = new long[] {big, big, 2}, "overflows");
  }

  @Test
  void case52Types() throws IOException {
    for (int type : new int[] {2, 4, 5, 10, 31, 255, -1}) {
      refused(g -> g.tensors.get(0).type = type, "is none of F32 F16 BF16 Q8_0");
    }
    refused(g -> g.tensors.get(1).dims = new long[] {31}, "no multiple of 32");
    refused(g -> g.tensors.get(1).dims = new long[] {16, 2}, "no multiple of 32");
  }

  @Test
  void case53Offsets() throws IOException {
    refused(g -> g.tensors.get(1).offset = 33, "expected offset 32, found 33");
    refused(g -> g.tensors.get(1).offset = 0, "expected offset 32, found 0");
    refused(g -> g.tensors.get(1).offset = 64, "expected offset 32, found 64");
    refused(g -> g.tensors.get(0).offset = -1, "expected offset 0");
  }

  @Test
  void case54Payload() throws IOException {
    refused(g -> g.cut = 1, "tensor b needs 34 bytes");
    refused(g -> g.cut = 60, "tensor a needs 24 bytes");
    refused(g -> g.tensors.get(0).dims = new long[] {3, 1 << 20}, "expected offset");
    byte[] good = GgufFixture.good().build();
    refused(Arrays.copyOf(good, good.length + 64), "bytes follow the last tensor");
    int padded = (good.length + 31) / 32 * 32;
    assertEquals(2, read(Arrays.copyOf(good, padded)).tensors().size());
  }

  @Test
  void case55TotalSize() throws IOException {
    GgufFixture gguf = new GgufFixture();
    long side = 1L << 30;
    gguf.tensor("a", 0, 0, 0, side, side);
    gguf.tensor("b", 0, 1L << 62, 0, side, side);
    refused(gguf.build(), "overflows");
  }

  @Test
  void case57ValuesThatAreNotFinite() throws IOException {
    byte[] bytes = GgufFixture.good().build();
    Arrays.fill(bytes, bytes.length - 34, bytes.length, (byte) 0x7f);
    assertEquals(2, read(bytes).tensors().size(), "values are ModelFile's business");
  }

  @Test
  void case69NoRegularFile() throws IOException {
    ModelFormatException e =
        assertThrows(ModelFormatException.class, () -> GgufReader.read(folder));
    assertTrue(e.reason().contains("not a regular file"), e.getMessage());
    if (Files.exists(Path.of("/dev/zero"))) {
      assertThrows(ModelFormatException.class, () -> GgufReader.read(Path.of("/dev/zero")));
    }
  }

  @Test
  void case69LinkLoop() throws IOException {
    Path loop = folder.resolve("loop.gguf");
    Files.createSymbolicLink(loop, loop);
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> GgufReader.read(loop));
    assertTrue(e.reason().contains("cannot be opened: "), e.getMessage());
  }

  /** The file has its size when the reader asks, and ends before that when it reads. */
  @Test
  void case70ShrinksDuringTheRead() {
    InputStream shrunk = new ByteArrayInputStream(new byte[3 << 20]);
    GgufInput in = new GgufInput(shrunk, "shrinks.gguf", 8 << 20);
    ModelFormatException e =
        assertThrows(ModelFormatException.class, () -> in.bytes(8 << 20, "tensor a"));
    assertEquals("the file ends inside tensor a: truncated", e.reason());
    assertEquals(3 << 20, e.offset());
  }

  @Test
  void case69SparseTerabyte() throws IOException {
    Path file = folder.resolve("sparse.gguf");
    GgufFixture gguf = new GgufFixture();
    for (int i = 0; i < 600; i++) {
      gguf.tensor("t" + i, 0, i * (1L << 30), 0, 1L << 28);
    }
    Files.write(file, gguf.build());
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      long header = (sparse.length() + 31) / 32 * 32;
      sparse.setLength(header + 600L * (1L << 30));
    }
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> GgufReader.read(file));
    assertTrue(e.reason().contains("-Xmx"), e.getMessage());
  }
}

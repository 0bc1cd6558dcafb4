package org.qieemo.converter;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.container.TarBundle;
import org.qieemo.converter.safetensors.SafetensorsReader;
import org.qieemo.converter.source.FileSource;
import org.qieemo.converter.text.Yaml;
import org.qieemo.converter.torch.TorchCheckpoint;

/** Big files: memory follows the header, not the payload; a quadratic reader would time out. */
@Timeout(300)
class LimitsTest {
  private static final int NAMES = 1_000_000;
  private static final int FREE = 1 << 20;
  private static final int HEADER_FACTOR = 16;
  private static final int LARGEST_YAML = 1 << 23;

  /** Of 2 GiB but for a header. */
  private static final long PAYLOAD = (1L << 31) - (1 << 20);

  /** Of as many zeros; Python: {@code zlib.crc32(bytes(2**31 - 2**20))}. */
  private static final long CRC_OF_ZEROS = 0xeb791ca3L;

  @TempDir Path folder;

  private interface Load {
    void run() throws IOException;
  }

  private static void allocatesAtMost(long bytes, Load load) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    load.run();
    long used = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(used <= bytes, used + " bytes allocated, allowed " + bytes);
  }

  @Test
  void aMillionNamesOfSafetensors() throws IOException {
    byte[] entry = "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}".getBytes(US_ASCII);
    ByteBuffer json = ByteBuffer.allocate(NAMES * (entry.length + 9)).order(LITTLE_ENDIAN);
    json.putLong(0);
    for (int i = 0; i < NAMES; i++) {
      json.put((byte) (i == 0 ? '{' : ',')).put((byte) '"');
      json.put(Integer.toString(i).getBytes(US_ASCII)).put(entry);
    }
    json.put((byte) '}').putLong(0, json.position() - 8L);
    byte[] file = Arrays.copyOf(json.array(), json.position());
    allocatesAtMost(
        FREE + (long) HEADER_FACTOR * file.length,
        () -> assertEquals(NAMES, SafetensorsReader.read(new ArraySource(file)).tensors().size()));
  }

  /** Opcodes of few bytes and many objects: refused, or small. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "U\1aa",
        "U\0a",
        "K\1a",
        "M\1\7a",
        "\u008a\1\u00f0a",
        "\u008a\0a",
        "Na",
        "]a",
        ")a",
        "N\u0085a",
        "]NaaNaNaNa",
        "(e",
        "(NNNNta",
        "}K\1Nsa",
        "}K\1NsaNaNa",
        "G12345678a"
      })
  void aMillionObjectsOfPickle(String opcodes) throws IOException {
    String pickle = "\u0080\2]" + opcodes.repeat(NAMES / opcodes.length()) + ".";
    byte[] file = TorchFixture.archive(pickle.getBytes(ISO_8859_1)).build();
    allocatesAtMost(
        FREE + (long) HEADER_FACTOR * file.length,
        () -> {
          String reason =
              assertThrows(
                      ModelFormatException.class, () -> TorchCheckpoint.read(new ArraySource(file)))
                  .reason();
          assertTrue(reason.contains("more objects") || reason.contains("is no dict"), reason);
        });
  }

  @Test
  void aHundredThousandNamesOfOneTensor() throws IOException {
    PickleFixture pickle = new PickleFixture().op("}").string("w");
    pickle.tensor(4, 0, new long[] {4}, new long[] {1}).op("q\144s");
    for (int i = 0; i < 100_000; i++) {
      pickle.string("weight" + i).op("h\144s");
    }
    byte[] file = TorchFixture.archive(pickle.stop()).build();
    allocatesAtMost(
        FREE + (long) HEADER_FACTOR * file.length,
        () -> assertEquals(100_001, TorchCheckpoint.read(new ArraySource(file)).tensors().size()));
  }

  /** Texts of values that take far more memory than bytes: refused, or small. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "- 1\n",
        "- a\n",
        "- ab\n",
        "- - 1\n",
        "- - - - 1.5\n",
        "-\n",
        "\n",
        "#\n",
        "- a: 1\n",
        "- {}\n",
        "- []\n",
        "- 'x''y'\n",
        "- \"\\n\"\n",
        "- \u4e2d\n",
        "- 1234567\n",
        "- true\n"
      })
  void linesOfTheLargestYaml(String line) throws IOException {
    byte[] text = line.repeat(LARGEST_YAML / line.getBytes(UTF_8).length).getBytes(UTF_8);
    allocatesAtMost(FREE + (long) HEADER_FACTOR * text.length, () -> yaml(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,", "a,", "[],", "{},", "{a: 1},", "1.5,", "'',", "\u00e9,", "\n1,"})
  void aMillionValuesInOneOfYaml(String value) throws IOException {
    byte[] text = ("[" + value.repeat(NAMES) + "1]").getBytes(UTF_8);
    allocatesAtMost(FREE + (long) HEADER_FACTOR * text.length, () -> yaml(text));
  }

  private static void yaml(byte[] text) throws IOException {
    try {
      Yaml.parse(text, "a.yaml");
    } catch (ModelFormatException e) {
      assertTrue(e.reason().contains("more values than a text of this size has"), e.getMessage());
    }
  }

  /** What vocabularies need is far from those limits. */
  @ParameterizedTest
  @ValueSource(strings = {"- %c\n", "- '%c'\n", "- \"\u2581%c\"\n"})
  void tokenListsOfUsualSizeAreRead(String token) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      text.append(String.format(token, '\u4e00' + i));
    }
    List<?> read = (List<?>) Yaml.parse(text.toString().getBytes(UTF_8), "a.yaml");
    assertEquals(10_000, read.size());
  }

  @Test
  void twoGigabytesOfSafetensors() throws IOException {
    String json =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":["
            + PAYLOAD / 4
            + "],\"data_offsets\":[0,"
            + PAYLOAD
            + "]}}";
    byte[] head = new Bytes().u64(json.length()).text(json).toArray();
    Path file = sparse("a.safetensors", head, head.length + PAYLOAD);
    allocatesAtMost(
        FREE,
        () -> {
          try (FileSource source = FileSource.open(file)) {
            assertShape(SafetensorsReader.read(source).tensors().get("w").shape());
          }
        });
  }

  @Test
  void twoGigabytesOfTorchZip() throws IOException {
    byte[] pickle = tensor().stop();
    Bytes file = new Bytes();
    long first = local(file, "a/data.pkl", pickle);
    local(file, "a/version", "3".getBytes(US_ASCII));
    long big = file.size();
    header(file, "a/data/0", CRC_OF_ZEROS, PAYLOAD);
    byte[] head = file.toArray();
    long directory = head.length + PAYLOAD;
    Bytes end = new Bytes();
    central(end, "a/data.pkl", crc(pickle), pickle.length, first);
    central(end, "a/version", crc("3".getBytes(US_ASCII)), 1, versionAt(pickle));
    central(end, "a/data/0", CRC_OF_ZEROS, PAYLOAD, big);
    int size = end.size();
    end.u32(0x06054b50).u16(0).u16(0).u16(3).u16(3).u32(size).u32(directory).u16(0);
    Path path = sparse("a.pt", head, directory);
    try (RandomAccessFile raw = new RandomAccessFile(path.toFile(), "rw")) {
      raw.seek(directory);
      raw.write(end.toArray());
    }
    // the checksum is of the payload, which may take its size: a small object per 64 KiB
    reads(path, FREE + PAYLOAD / 1000);
  }

  @Test
  void twoGigabytesOfTheOldFormat() throws IOException {
    Bytes file =
        new Bytes()
            .raw(
                new PickleFixture()
                    .raw(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)
                    .stop());
    file.raw(new PickleFixture().raw('M', 0xe9, 3).stop());
    file.raw(new PickleFixture().op("}").string("little_endian").op("\u0088s").stop());
    file.raw(tensor().stop()).raw(new PickleFixture().op("]").string("0").op("a").stop());
    byte[] head = file.u64(PAYLOAD / 4).toArray();
    reads(sparse("old.pt", head, head.length + PAYLOAD), FREE);
  }

  @Test
  void twoGigabytesOfTar() throws IOException {
    byte[] header =
        Arrays.copyOf(new TarFixture().add("w", Long.toString(PAYLOAD, 8), '0').build(), 512);
    Path file = sparse("a.nemo", header, 512 + PAYLOAD + 1024);
    allocatesAtMost(
        FREE,
        () -> {
          try (TarBundle bundle = new TarBundle(file)) {
            assertEquals(PAYLOAD, bundle.open("w").size());
          }
        });
  }

  private static void reads(Path file, long bytes) throws IOException {
    allocatesAtMost(
        bytes,
        () -> {
          try (FileSource source = FileSource.open(file)) {
            assertShape(TorchCheckpoint.read(source).tensors().get("w").shape());
          }
        });
  }

  private static void assertShape(long[] shape) {
    assertArrayEquals(new long[] {PAYLOAD / 4}, shape);
  }

  private static PickleFixture tensor() {
    long n = PAYLOAD / 4;
    return new PickleFixture()
        .op("}")
        .string("w")
        .tensor(n, 0, new long[] {n}, new long[] {1})
        .op("s");
  }

  /** A file of zeros that takes no room but for its first bytes. */
  private Path sparse(String name, byte[] head, long size) {
    Path file = folder.resolve(name);
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.write(head);
      raw.setLength(size);
    } catch (IOException e) {
      assumeTrue(false, "skipped: no sparse files of 2 GB here");
    }
    return file;
  }

  private static long local(Bytes file, String name, byte[] data) {
    long at = file.size();
    header(file, name, crc(data), data.length);
    file.raw(data);
    return at;
  }

  private static long versionAt(byte[] pickle) {
    return 30 + "a/data.pkl".length() + pickle.length;
  }

  private static void header(Bytes file, String name, long crc, long size) {
    file.u32(0x04034b50).u16(0).u16(0).u16(0).u32(0).u32(crc).u32(size).u32(size);
    file.u16(name.length()).u16(0).text(name);
  }

  private static void central(Bytes file, String name, long crc, long size, long at) {
    file.u32(0x02014b50).u16(0).u16(0).u16(0).u16(0).u32(0).u32(crc).u32(size).u32(size);
    file.u16(name.length()).u16(0).u16(0).u16(0).u16(0).u32(0).u32(at).text(name);
  }

  private static long crc(byte[] data) {
    CRC32 crc = new CRC32();
    crc.update(data);
    return crc.getValue();
  }
}

package org.qieemo.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.converter.TarFixture;
import org.qieemo.converter.TorchFixture;
import org.qieemo.converter.container.TarBundle;

/**
 * NeMo's archives, plain and compressed; the part is a tar archive whose checksums are made to fit,
 * and option 1 compresses it.
 */
class NemoFuzzTest {
  private static final int BLOCK = 512;
  private static final int CHECKSUM = 148;
  private static final int MAGIC = 257;

  static Stream<byte[]> seeds() throws IOException {
    TarFixture small = new TarFixture().add("./model_config.yaml", "a: 1\n".getBytes());
    TarFixture longName = new TarFixture();
    longName.add("././@LongLink", "7", 'L', "a/b/c.d".getBytes()).add("x", (byte) 1);
    longName.add("PaxHeader", "16", 'x', "16 path=weights\n".getBytes()).add("y", (byte) 2);
    byte[] whole =
        new TarFixture()
            .add("model_config.yaml", "encoder: {}\n".getBytes())
            .add("model_weights.ckpt", TorchFixture.good().build())
            .build();
    byte[] tar = small.build();
    return Stream.of(
        Input.file(whole),
        Input.file(TarFixture.gzip(whole)),
        Input.part(0, tar),
        Input.part(1, tar),
        Input.part(0, longName.build()));
  }

  @MethodSource("seeds")
  @FuzzTest
  void archive(byte[] bytes) throws IOException {
    Input input = new Input(bytes);
    byte[] file = input.rest();
    if (!input.isFile()) {
      fitChecksums(file);
      file = (input.option() & 1) == 0 ? file : TarFixture.gzip(file);
    }
    long size = Math.max(file.length, unpackedSize(file));
    Path path = Files.createTempFile("qieemo-fuzz-", ".nemo");
    try {
      Files.write(path, file);
      Oracle.check(size, () -> readAll(path));
    } finally {
      Files.delete(path);
    }
  }

  private static int readAll(Path path) throws IOException {
    int bytes = 0;
    try (TarBundle bundle = new TarBundle(path)) {
      for (String name : bundle.files()) {
        bytes += bundle.read(name).length;
      }
    }
    return bytes;
  }

  private static void fitChecksums(byte[] tar) {
    for (int at = 0; at + BLOCK <= tar.length; at += BLOCK) {
      if (new String(tar, at + MAGIC, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
        System.arraycopy("        ".getBytes(), 0, tar, at + CHECKSUM, 8);
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
          sum += tar[at + i] & 0xff;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(digits, 0, tar, at + CHECKSUM, 8);
      }
    }
  }

  /** The bytes that the memory limit is about. */
  private static long unpackedSize(byte[] file) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(file))) {
      return in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      return file.length; // not compressed, or damaged
    }
  }
}

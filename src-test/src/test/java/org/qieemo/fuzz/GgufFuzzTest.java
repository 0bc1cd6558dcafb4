package org.qieemo.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.cli.TinyModel;
import org.qieemo.weights.Gguf;
import org.qieemo.weights.GgufFixture;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelFile;

/**
 * GGUF and the model in it; the part is what follows magic and version, but for the payload: its
 * size in 64 bytes comes first, in two bytes.
 */
class GgufFuzzTest {
  private static final int UNIT = 64;

  static Stream<byte[]> seeds() throws IOException {
    byte[] good = GgufFixture.good().build();
    GgufFixture values = new GgufFixture();
    values.array("list", 0, 3, (byte) 1, (byte) 2, (byte) 3);
    values.array("texts", GgufFixture.STRING, 2, new byte[16]);
    values.pair("general.alignment", GgufFixture.UINT32, (byte) 64, (byte) 0, (byte) 0, (byte) 0);
    return Stream.of(
        Input.file(good), Input.part(0, part(values.build(), 0)), Input.part(0, model()));
  }

  /** The header of a whole model; zeros will do for its weights. */
  private static byte[] model() throws IOException {
    Path file = Files.createTempFile("qieemo-fuzz-", ".gguf");
    try {
      byte[] all = Files.readAllBytes(TinyModel.whole(file));
      long payload = 0;
      for (var tensor : GgufReader.read(new ByteArrayInputStream(all), "tiny").tensors()) {
        payload += (tensor.data().remaining() + 31) / 32 * 32;
      }
      byte[] header = Arrays.copyOf(all, (int) (all.length - payload));
      return part(header, (int) ((payload + UNIT - 1) / UNIT));
    } finally {
      Files.delete(file);
    }
  }

  private static byte[] part(byte[] file, int units) {
    byte[] part = Arrays.copyOfRange(file, 6, file.length);
    part[0] = (byte) units;
    part[1] = (byte) (units >> 8);
    return part;
  }

  @MethodSource("seeds")
  @FuzzTest
  void file(byte[] bytes) {
    Input input = new Input(bytes);
    byte[] rest = input.rest();
    byte[] file = input.isFile() || rest.length < 2 ? rest : framed(rest);
    Oracle.check(
        file.length,
        () -> ModelFile.of(GgufReader.read(new ByteArrayInputStream(file), "fuzz.gguf")));
  }

  private static byte[] framed(byte[] part) {
    int payload = ((part[0] & 0xff) + (part[1] & 0xff) * 256) * UNIT;
    ByteBuffer file = ByteBuffer.allocate(8 + part.length - 2 + payload);
    file.order(ByteOrder.LITTLE_ENDIAN).putInt(Gguf.MAGIC).putInt(Gguf.VERSION);
    return file.put(part, 2, part.length - 2).array();
  }
}

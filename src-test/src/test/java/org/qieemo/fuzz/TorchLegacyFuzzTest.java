package org.qieemo.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.converter.ArraySource;
import org.qieemo.converter.PickleFixture;
import org.qieemo.converter.TestFiles;
import org.qieemo.converter.TorchFixture;
import org.qieemo.converter.torch.TorchCheckpoint;

/** PyTorch's old format; the part is what follows its three fixed pickles. */
class TorchLegacyFuzzTest {
  static Stream<byte[]> seeds() throws IOException {
    byte[] keys = new PickleFixture().op("]").string("0").op("a").stop();
    byte[] length = {4, 0, 0, 0, 0, 0, 0, 0};
    return Stream.of(
        Input.file(TestFiles.read("legacy.pt")),
        Input.part(0, joined(TorchFixture.goodPickle(), keys, length, new byte[16])));
  }

  @MethodSource("seeds")
  @FuzzTest
  void checkpoint(byte[] bytes) {
    Input input = new Input(bytes);
    byte[] file = input.isFile() ? input.rest() : joined(head(), input.rest());
    ArraySource source = new ArraySource(file);
    Tensors.read(Oracle.check(file.length, () -> TorchCheckpoint.read(source)), file.length);
  }

  private static byte[] head() {
    byte[] magic =
        new PickleFixture()
            .raw(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)
            .stop();
    byte[] version = new PickleFixture().raw('M', 0xe9, 3).stop();
    byte[] machine = new PickleFixture().op("}").string("little_endian").op("\u0088s").stop();
    return joined(magic, version, machine);
  }

  private static byte[] joined(byte[]... parts) {
    byte[] all = new byte[Arrays.stream(parts).mapToInt(p -> p.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}

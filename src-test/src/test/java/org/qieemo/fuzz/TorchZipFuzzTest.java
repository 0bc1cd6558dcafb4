package org.qieemo.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.converter.ArraySource;
import org.qieemo.converter.PickleFixture;
import org.qieemo.converter.TestFiles;
import org.qieemo.converter.TorchFixture;
import org.qieemo.converter.torch.TorchCheckpoint;

/** PyTorch's zip archives; the part is the pickle, in a sound archive. */
class TorchZipFuzzTest {
  static Stream<byte[]> seeds() throws IOException {
    PickleFixture script =
        new PickleFixture()
            .global("__torch__.net", "Net")
            .op(")\u0081}(")
            .string("training")
            .op("\u0088")
            .string("weight")
            .tensor(4, 0, new long[] {2, 2}, new long[] {1, 2})
            .op("ub");
    return Stream.of(
        Input.file(TorchFixture.good().build()),
        Input.file(TestFiles.read("views.pt")),
        Input.file(TestFiles.read("script.pt")),
        Input.part(0, TorchFixture.goodPickle()),
        Input.part(1, script.stop()),
        Input.part(0, new PickleFixture().op("}(").string("a").op("N\u0085q\0h\0\u0086ub").stop()));
  }

  @MethodSource("seeds")
  @FuzzTest
  void archive(byte[] bytes) {
    Input input = new Input(bytes);
    byte[] file = input.rest();
    if (!input.isFile()) {
      var archive = TorchFixture.archive(file);
      if ((input.option() & 1) != 0) {
        archive.add("archive/constants.pkl", new PickleFixture().op(")").stop());
        archive.add("archive/code/__torch__/net.py", "class Net(Module):\n".getBytes());
      }
      file = archive.build();
    }
    ArraySource source = new ArraySource(file);
    Tensors.read(Oracle.check(file.length, () -> TorchCheckpoint.read(source)), file.length);
  }
}

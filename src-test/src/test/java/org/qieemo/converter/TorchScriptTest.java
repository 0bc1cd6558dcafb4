package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.qieemo.converter.source.SourceTensor;
import org.qieemo.converter.torch.TorchCheckpoint;

/** The parameters of TorchScript archives, by attribute path; nothing else of them is used. */
class TorchScriptTest {
  private static PickleFixture module(PickleFixture pickle, String name) {
    return pickle.global("__torch__." + name, "Net").op(")\u0081}(");
  }

  private static PickleFixture weight(PickleFixture pickle) {
    return pickle.string("weight").tensor(4, 0, new long[] {2, 2}, new long[] {2, 1});
  }

  private static ZipFixture archive(byte[] pickle) {
    ZipFixture zip = TorchFixture.archive(pickle);
    zip.add("archive/constants.pkl", new PickleFixture().op(")").stop());
    return zip;
  }

  private static Map<String, SourceTensor> read(byte[] pickle) throws IOException {
    return TorchCheckpoint.read(new ArraySource(archive(pickle).build())).tensors();
  }

  private static void refused(PickleFixture pickle, String reason) {
    Hostile.refused(TorchCheckpoint::read, archive(pickle.stop()).build(), reason);
  }

  @Test
  void readsWhatPyTorchWrote() throws IOException {
    ArraySource script = new ArraySource(TestFiles.read("script.pt"));
    Map<String, SourceTensor> tensors = TorchCheckpoint.read(script).tensors();
    assertEquals("[weight, bias]", tensors.keySet().toString());
    assertArrayEquals(new long[] {2, 2}, tensors.get("weight").shape());
    assertArrayEquals(new long[] {2}, tensors.get("bias").shape());
  }

  @Test
  void nestedModulesAndOtherAttributes() throws IOException {
    PickleFixture pickle = module(new PickleFixture(), "outer").string("training").op("\u0089");
    pickle.string("sizes").global("torch.jit._pickle", "build_intlist").op("](K\1e\u0085R");
    module(pickle.string("encoder"), "a.b.___torch_mangle_0");
    weight(pickle).op("ub");
    assertEquals("[encoder.weight]", read(pickle.op("ub").stop()).keySet().toString());
  }

  @Test
  void truncatedAndFlippedEverywhere() throws IOException {
    byte[] good = TestFiles.read("script.pt");
    Hostile.truncatedEverywhere(TorchCheckpoint::read, good);
    Hostile.flippedEverywhere(TorchCheckpoint::read, good);
  }

  @Test
  void classesAreAllowedInScriptsOnly() {
    byte[] pickle = weight(module(new PickleFixture(), "x")).op("ub").stop();
    byte[] plain = TorchFixture.archive(pickle).build();
    Hostile.refused(TorchCheckpoint::read, plain, "global __torch__.x.Net is not allowed");
    refused(new PickleFixture().global("__torch__os", "system").op(")R"), "is not allowed");
    refused(new PickleFixture().global("__torch__", "a;b").op(")R"), "is not allowed");
    refused(new PickleFixture().global("builtins", "eval").op(")R"), "is not allowed");
  }

  @Test
  void modulesBuiltWrongly() {
    refused(module(new PickleFixture(), "x").op("ub}b"), "for the second time");
    refused(new PickleFixture().global("__torch__.x", "N").op("N\u0085\u0081"), "1 arguments");
    refused(new PickleFixture().global("__torch__.x", "N").op(")\u0081]b"), "BUILD");
    refused(module(new PickleFixture(), "x").op("ub"), "holds no tensors");
  }

  /** Modules that hold the next one twice: 2^60 paths in a kilobyte. */
  @Test
  void sharedModulesDoNotExplode() {
    PickleFixture pickle = weight(module(new PickleFixture(), "leaf")).op("ubq\0");
    for (int i = 1; i <= 60; i++) {
      module(pickle, "m").string("a").raw('h', i - 1).string("b").raw('h', i - 1);
      pickle.op("ub").raw('q', i);
    }
    // only the last one is on the stack when the others are dropped into it
    refused(pickle, "STOP with 61 values");
    PickleFixture nested = new PickleFixture();
    for (int i = 0; i < 60; i++) {
      module(nested, "m").string("a");
    }
    weight(module(nested, "leaf")).op("ub").raw('q', 0);
    for (int i = 1; i <= 60; i++) {
      nested.string("b").raw('h', i - 1).op("ub").raw('q', i);
    }
    refused(nested, "its modules share others");
  }

  @Test
  void aModuleThatHoldsItself() {
    PickleFixture pickle = new PickleFixture().global("__torch__.x", "Net").op(")\u0081q\0}(");
    refused(weight(pickle).string("self").op("h\0ub"), "its modules share others");
  }

  @Test
  void onlyCodeMayBeCompressed() {
    byte[] pickle = weight(module(new PickleFixture(), "x")).op("ub").stop();
    ZipFixture zip = archive(pickle);
    zip.add("archive/code/x.py", new byte[3]).method = 8;
    assertEquals(1, assertReads(zip));
    ZipFixture other = archive(pickle);
    other.add("archive/data/1", new byte[3]).method = 8;
    Hostile.refused(TorchCheckpoint::read, other.build(), "entry archive/data/1 is compressed");
  }

  private static int assertReads(ZipFixture zip) {
    try {
      return TorchCheckpoint.read(new ArraySource(zip.build())).tensors().size();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

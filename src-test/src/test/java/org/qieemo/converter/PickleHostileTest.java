package org.qieemo.converter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.converter.source.Checkpoint;
import org.qieemo.converter.torch.TorchCheckpoint;

/** Cases 19 to 36 of the hostile inputs: pickles. */
class PickleHostileTest {
  private static final long[] NONE = {};

  private static void refused(byte[] pickle, String reason) {
    byte[] archive = TorchFixture.archive(pickle).build();
    assertTimeout(
        Duration.ofSeconds(10), () -> Hostile.refused(TorchCheckpoint::read, archive, reason));
  }

  private static void refused(PickleFixture pickle, String reason) {
    refused(pickle.stop(), reason);
  }

  private static PickleFixture pickle() {
    return new PickleFixture();
  }

  /** A dict with one tensor over the four floats of storage 0. */
  private static PickleFixture tensor(long offset, long[] shape, long[] strides) {
    return pickle().op("}").string("w").tensor(4, offset, shape, strides).op("s");
  }

  private static Checkpoint read(byte[] pickle) throws IOException {
    return TorchCheckpoint.read(new ArraySource(TorchFixture.archive(pickle).build()));
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "builtins, eval",
    "torch._utils, _rebuild_sparse_tensor",
    "torch._utils, _rebuild_qtensor",
    "torch._utils, _rebuild_meta_tensor_no_storage",
    "torch, QInt8Storage",
    "torch.storage, UntypedStorage",
    "collections, OrderedDict.fromkeys",
  })
  void case19And35GlobalOffTheList(String module, String name) {
    refused(pickle().global(module, name), "global " + module + "." + name + " is not allowed");
  }

  @Test
  void case19UnprintableGlobal() {
    refused(pickle().global("to\tch", "x"), "not printable");
    refused(pickle().global("t".repeat(300), "x"), "too long");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"i", "o", "\u0093", "\u0092", "0", "1", "2", "P", "V", "I", "\u0084", "\u0095"})
  void case20OpcodeOffTheList(String opcode) {
    refused(pickle().op("}" + opcode), "no checkpoint needs it");
  }

  @Test
  void case21ReduceOfTheWrong() {
    refused(pickle().string("x").op(")R"), "REDUCE of something");
    refused(pickle().global("collections", "OrderedDict").op("]R"), "REDUCE of something");
    refused(pickle().global("collections", "OrderedDict").op("NNN\u0087R"), "3 arguments");
    refused(pickle().global("torch", "Size").op("N\u0085R"), "no tuple");
    refused(pickle().global("torch", "FloatStorage").op(")R"), "not a callable");
    refused(pickle().global("torch._utils", "_rebuild_tensor_v2").op(")R"), "0 arguments");
    refused(pickle().global("torch._utils", "_rebuild_tensor_v2").op("(NNNNNNtR"), "no storage");
    refused(
        pickle().global("torch._utils", "_rebuild_parameter").op("NNN\u0087R"), "no tensorview");
  }

  @Test
  void case22BuildOfTheWrong() {
    refused(pickle().op("]}b"), "BUILD");
    refused(pickle().op("}Nb"), "BUILD");
    refused(pickle().global("torch", "Size").op("}b"), "BUILD");
  }

  @Test
  void case23ItemsOfTheWrong() {
    refused(pickle().op("]NNs"), "SETITEM on something that is no dict");
    refused(pickle().op("](NNu"), "SETITEM on something that is no dict");
    refused(pickle().op("}(Nu"), "no value");
    refused(pickle().op("}Na"), "APPEND to something");
    refused(pickle().op("}(Ne"), "APPEND to something");
    refused(pickle().op("}NNs"), "neither string nor integer");
    refused(pickle().op("}").string("a").op("Ns").string("a").op("Ns"), "occurs twice");
  }

  @Test
  void case24StackAndMarks() {
    refused(pickle().op("a"), "stack is empty");
    refused(pickle().op("R"), "stack is empty");
    refused(pickle().op("\u0087"), "stack is empty");
    refused(pickle().op("q\0"), "stack is empty");
    refused(pickle().op("}t"), "no MARK");
    refused(pickle().op("}(\u0085"), "stack is empty");
    refused(pickle().op("}}"), "2 values");
    refused(pickle().op("}("), "STOP with");
    refused(pickle(), "0 values");
    refused(new byte[] {(byte) 0x80, 2, '}'}, "ends before its STOP");
    refused(new byte[0], "ends before its STOP");
  }

  @Test
  void case25Memo() {
    refused(pickle().op("}h\5"), "never put");
    refused(pickle().op("}j\377\377\377\377"), "never put");
    refused(pickle().op("}r\377\377\377\377"), "higher than this pickle can need");
  }

  @Test
  void case26HugeOrBadTexts() {
    refused(pickle().op("X\377\377\377\177"), "truncated");
    refused(pickle().op("X\377\377\377\377"), "truncated");
    refused(pickle().op("X\1\0\0\0\377"), "not valid UTF-8");
    refused(pickle().op("\u008a\377"), "integer of 255 bytes");
  }

  @Test
  void case27MemoBomb() throws IOException {
    PickleFixture bomb = pickle().op("]q\0");
    for (int i = 1; i < 200; i++) {
      bomb.op("](").raw('h', i - 1, 'h', i - 1, 'e', 'q', i);
    }
    refused(bomb, "STOP with 200 values");

    byte[] selfReference =
        pickle()
            .op("}q\0")
            .string("self")
            .op("h\0s")
            .string("w")
            .tensor(4, 0, new long[] {4}, new long[] {1})
            .op("s")
            .stop();
    assertEquals(1, read(selfReference).tensors().size());
  }

  @Test
  void case28MillionNestings() {
    refused(pickle().op("]".repeat(1_000_000)), "objects than a checkpoint of this size");
    refused(pickle().op("(".repeat(1_000_000)), "marks");
    refused(pickle().op("N".repeat(1_000_000)), "nested too deeply");
    refused(pickle().op("]" + "\u0085".repeat(1_000_000)), "more objects");
  }

  @Test
  void case29ProtocolAndTail() {
    refused(new byte[] {(byte) 0x80, 4, '}', '.'}, "protocol 4: unsupported");
    refused(new byte[] {(byte) 0x80, 99, '}', '.'}, "protocol 99: unsupported");
    refused(new byte[] {'}', '.'}, "expected PROTO");
    refused(new byte[] {(byte) 0x80, 2, '}', '.', '.'}, "bytes follow");
  }

  @Test
  void case30PersistentIds() {
    refused(pickle().op("NQ"), "no tuple of 5 or 6");
    refused(pickle().op(")Q"), "no tuple of 5 or 6");
    refused(pickle().op("(NNNNNtQ"), "no ('storage'");
    refused(pickle().storage("FloatStorage", "0", -1), "no ('storage'");
    refused(
        pickle()
            .op("(")
            .string("storage")
            .global("torch", "Size")
            .string("0")
            .string("cpu")
            .integer(1)
            .op("tQ"),
        "no ('storage'");
  }

  @Test
  void case31StorageOfAnotherSize() {
    PickleFixture five =
        pickle().op("}").string("w").tensor(5, 0, new long[] {4}, new long[] {1}).op("s");
    refused(five, "has 16 bytes, expected 5 elements of 4 bytes");
    PickleFixture huge =
        pickle().op("}").string("w").tensor(1L << 62, 0, new long[] {4}, new long[] {1}).op("s");
    refused(huge, "has 16 bytes");
  }

  @Test
  void case32ViewsOutside() {
    refused(tensor(-1, new long[] {1}, new long[] {1}), "leaves its storage");
    refused(tensor(1, new long[] {4}, new long[] {1}), "leaves its storage");
    refused(tensor(5, NONE, NONE), "leaves its storage");
    refused(tensor(0, new long[] {-1}, new long[] {1}), "negative size");
    refused(tensor(0, new long[] {2}, new long[] {-1}), "negative stride");
    refused(tensor(0, new long[] {1L << 40, 1L << 40}, new long[] {0, 0}), "overflows");
    refused(tensor(0, new long[] {2, 2}, new long[] {Long.MAX_VALUE, 1}), "overflows");
    refused(tensor(0, new long[] {2}, NONE), "impossible rank");
    refused(tensor(0, new long[20], new long[20]), "impossible rank");
  }

  @Test
  void case33StrideZero() {
    refused(tensor(0, new long[] {2_000_000_000}, new long[] {0}), "repeats elements");
    refused(tensor(0, new long[] {5}, new long[] {0}), "repeats elements");
  }

  @Test
  void case34ManyAliases() throws IOException {
    PickleFixture many = pickle().op("}").string("w0");
    many.tensor(4, 0, new long[] {4}, new long[] {1}).op("q\144s");
    for (int i = 1; i < 100_000; i++) {
      many.string("weight" + i).op("h\144s");
    }
    byte[] pickle = many.stop();
    assertTimeout(
        Duration.ofSeconds(10), () -> assertEquals(100_000, read(pickle).tensors().size()));
  }

  /** Names so short that their tensors would take more than 16 times the pickle. */
  @Test
  void case34ManyAliasesInFewBytes() throws IOException {
    PickleFixture many = pickle().op("}").string("w0");
    many.tensor(4, 0, new long[] {4}, new long[] {1}).op("q\144s");
    for (int i = 0; i < 100_000; i++) {
      many.op("U\3" + (char) ('0' + i % 64) + (char) ('0' + i / 64 % 64) + (char) ('0' + i / 4096));
      many.op("h\144s");
    }
    refused(many, "more objects than a checkpoint of this size has");
  }

  @Test
  void case36NoTensors() {
    refused(pickle().op("}"), "holds no tensors");
    refused(pickle().op("]"), "the checkpoint is no dict");
    refused(pickle().op("N"), "the checkpoint is no dict");
  }

  @Test
  void truncatedAndFlippedEverywhere() throws IOException {
    Hostile.Loader loader = source -> read(source.bytes(0, source.size(), "the pickle").array());
    Hostile.truncatedEverywhere(loader, TorchFixture.goodPickle());
    Hostile.flippedEverywhere(loader, TorchFixture.goodPickle());
  }
}

package org.qieemo.converter;

import java.nio.charset.StandardCharsets;

/** Writes pickles opcode by opcode. */
public final class PickleFixture {
  private final Bytes out = new Bytes().u8(0x80).u8(2);

  /** Opcodes without an argument, as text. */
  public PickleFixture op(String opcodes) {
    out.text(opcodes);
    return this;
  }

  public PickleFixture global(String module, String name) {
    out.text("c" + module + "\n" + name + "\n");
    return this;
  }

  public PickleFixture string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.text("X").u32(bytes.length).raw(bytes);
    return this;
  }

  public PickleFixture integer(long value) {
    out.u8(0x8a).u8(8).u64(value);
    return this;
  }

  public PickleFixture raw(int... bytes) {
    for (int b : bytes) {
      out.u8(b);
    }
    return this;
  }

  /** The persistent id of a storage. */
  public PickleFixture storage(String type, String key, long elements) {
    return op("(")
        .string("storage")
        .global("torch", type)
        .string(key)
        .string("cpu")
        .integer(elements)
        .op("tQ");
  }

  public PickleFixture tuple(long... values) {
    op("(");
    for (long value : values) {
      integer(value);
    }
    return op("t");
  }

  /** A tensor over storage "0". */
  public PickleFixture tensor(long elements, long offset, long[] shape, long[] strides) {
    return tensor("0", elements, offset, shape, strides);
  }

  public PickleFixture tensor(
      String key, long elements, long offset, long[] shape, long[] strides) {
    global("torch._utils", "_rebuild_tensor_v2").op("(").storage("FloatStorage", key, elements);
    integer(offset).tuple(shape).tuple(strides).raw(0x89).global("collections", "OrderedDict");
    return op(")RtR");
  }

  public byte[] stop() {
    return out.text(".").toArray();
  }
}

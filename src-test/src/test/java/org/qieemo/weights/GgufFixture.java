package org.qieemo.weights;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds GGUF files, and broken ones; the fields may be made to lie. */
public final class GgufFixture {
  public static final int UINT8 = 0;
  public static final int UINT32 = 4;
  public static final int BOOL = 7;
  public static final int STRING = 8;
  public static final int ARRAY = 9;
  public static final int UINT64 = 10;

  long magic = 0x46554747;
  long version = 3;
  long pairCount = -2;
  long tensorCount = -2;
  int alignment = 32;
  int cut;
  final List<byte[]> pairs = new ArrayList<>();
  final List<Tensor> tensors = new ArrayList<>();

  /** A tensor's header; {@code bytes} of payload are written. */
  public static final class Tensor {
    String name;
    long[] dims;
    int rank = -1;
    int type;
    long offset;
    int bytes;
  }

  /** Little-endian bytes. */
  public static final class Out {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public Out number(long value, int width) {
      for (int i = 0; i < width; i++) {
        out.write((int) (value >>> 8 * i));
      }
      return this;
    }

    public Out string(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      number(bytes.length, 8);
      return raw(bytes);
    }

    public Out raw(byte... bytes) {
      out.writeBytes(bytes);
      return this;
    }

    public byte[] toArray() {
      return out.toByteArray();
    }
  }

  /** One string pair and two tensors: [2, 3] of F32 and [32] of Q8_0. */
  public static GgufFixture good() {
    GgufFixture gguf = new GgufFixture();
    gguf.pair("general.architecture", STRING, new Out().string("qieemo").toArray());
    gguf.tensor("a", 0, 0, 24, 3, 2);
    gguf.tensor("b", 8, 32, 34, 32);
    return gguf;
  }

  public GgufFixture pair(String key, int type, byte... value) {
    pairs.add(new Out().string(key).number(type, 4).raw(value).toArray());
    return this;
  }

  public GgufFixture array(String key, int type, long count, byte... values) {
    return pair(key, ARRAY, new Out().number(type, 4).number(count, 8).raw(values).toArray());
  }

  public Tensor tensor(String name, int type, long offset, int bytes, long... dims) {
    Tensor tensor = new Tensor();
    tensor.name = name;
    tensor.type = type;
    tensor.offset = offset;
    tensor.bytes = bytes;
    tensor.dims = dims;
    tensors.add(tensor);
    return tensor;
  }

  public byte[] build() {
    Out out = new Out().number(magic, 4).number(version, 4);
    out.number(tensorCount == -2 ? tensors.size() : tensorCount, 8);
    out.number(pairCount == -2 ? pairs.size() : pairCount, 8);
    pairs.forEach(out::raw);
    for (Tensor t : tensors) {
      out.string(t.name).number(t.rank < 0 ? t.dims.length : t.rank, 4);
      for (long dim : t.dims) {
        out.number(dim, 8);
      }
      out.number(t.type, 4).number(t.offset, 8);
    }
    for (Tensor t : tensors) {
      pad(out);
      out.raw(new byte[t.bytes]);
    }
    byte[] all = out.toArray();
    return java.util.Arrays.copyOf(all, all.length - cut);
  }

  private void pad(Out out) {
    while (out.out.size() % alignment != 0) {
      out.raw((byte) 0);
    }
  }
}

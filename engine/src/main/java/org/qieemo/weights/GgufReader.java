package org.qieemo.weights;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qieemo.FormatException;
import org.qieemo.ModelFormatException;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.HostTensor;
import org.qieemo.weights.Gguf.ValueType;

/**
 * Reads GGUF v3, little-endian, strictly: any bytes give a file or a {@link ModelFormatException}
 * with offset and reason. Sizes are checked before anything is allocated; each tensor has a heap
 * array of its own, so that together they take the file's size once. Thread-safe: no state.
 */
public final class GgufReader {
  private static final int MAX_ALIGNMENT = 1 << 16;
  private static final int FIRST_ELEMENTS = 1024;

  private final GgufInput in;
  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final Long[] bytes = new Long[256];
  private int alignment = Gguf.DEFAULT_ALIGNMENT;

  private GgufReader(GgufInput in) {
    this.in = in;
  }

  /** Where a tensor lies, as the header says. */
  private record Info(String name, DType dtype, int[] shape, long bytes) {
    @Override
    public String toString() {
      return "tensor " + name;
    }
  }

  /**
   * Reads a regular file.
   *
   * @throws ModelFormatException if it is no GGUF file, damaged or unsupported
   * @throws IOException if it cannot be read at all
   */
  public static GgufFile read(Path file) throws IOException {
    requireRegular(file);
    try (InputStream stream = Files.newInputStream(file)) {
      return new GgufReader(new GgufInput(stream, file.toString(), Files.size(file))).read();
    }
  }

  private static void requireRegular(Path file) throws IOException {
    try {
      if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
        throw new ModelFormatException(file.toString(), 0, "not a regular file: pass a .gguf file");
      }
    } catch (FileSystemException e) {
      if (e.getReason() == null) {
        throw e; // absent, or not permitted: the exception's class says it
      }
      throw new ModelFormatException(
          file.toString(), FormatException.NO_OFFSET, "cannot be opened: " + e.getReason());
    }
  }

  /**
   * Reads a stream to its end, such as a resource. As its length is not known beforehand, memory
   * grows with what arrives; the caller closes it.
   *
   * @param name stands for the file in messages
   * @throws ModelFormatException if it is no GGUF file, damaged or unsupported
   * @throws IOException if it cannot be read at all
   */
  public static GgufFile read(InputStream stream, String name) throws IOException {
    return new GgufReader(new GgufInput(stream, name, GgufInput.UNKNOWN_SIZE)).read();
  }

  private GgufFile read() throws IOException {
    magic();
    long at = in.position();
    int tensors = in.count("tensors", in.int64(), 8 + 1 + 4 + 4 + 8);
    int pairs = in.count("metadata pairs", in.int64(), 8 + 1 + 4 + 1);
    for (int i = 0; i < pairs; i++) {
      pair();
    }
    checkAlignment(at);
    List<Info> infos = infos(tensors);
    return new GgufFile(new Metadata(in.name(), metadata), payload(infos));
  }

  private void magic() throws IOException {
    int magic = in.int32();
    if (magic != Gguf.MAGIC) {
      String hint = Integer.reverseBytes(magic) == Gguf.MAGIC ? " (big-endian)" : "";
      throw in.error(
          0, "not a GGUF file" + hint + ": expected the bytes 'GGUF', convert the model");
    }
    int version = in.int32();
    if (Integer.reverseBytes(version) == Gguf.VERSION) {
      throw in.error(4, "a big-endian GGUF file: unsupported, convert the model again");
    }
    if (version != Gguf.VERSION) {
      throw in.error(4, "GGUF version " + (version & 0xffffffffL) + ": unsupported, expected 3");
    }
  }

  private void pair() throws IOException {
    long at = in.position();
    String key = in.string("key", Gguf.MAX_KEY_BYTES);
    if (key.isEmpty()) {
      throw in.error(at, "a metadata key is empty");
    }
    if (metadata.containsKey(key)) {
      throw in.error(at, "metadata key '" + key + "' occurs twice");
    }
    at = in.position();
    ValueType type = valueType(in.int32(), at);
    if (key.equals(Keys.ALIGNMENT) && type != ValueType.UINT32) {
      throw in.error(at, "general.alignment: expected type UINT32, found " + type);
    }
    metadata.put(key, type == ValueType.ARRAY ? array() : scalar(type));
  }

  private ValueType valueType(int id, long at) throws ModelFormatException {
    ValueType[] types = ValueType.values();
    if (id < 0 || id >= types.length) {
      throw in.error(at, "unknown metadata type " + (id & 0xffffffffL));
    }
    return types[id];
  }

  private List<Object> array() throws IOException {
    long at = in.position();
    ValueType type = valueType(in.int32(), at);
    if (type == ValueType.ARRAY) {
      throw in.error(at, "an array of arrays: unsupported");
    }
    int count = in.count("array elements", in.int64(), type.leastBytes());
    // a stream's word is not enough to take memory: the array grows with what arrives
    Object[] values = new Object[in.sized() ? count : Math.min(count, FIRST_ELEMENTS)];
    for (int i = 0; i < count; i++) {
      if (i == values.length) {
        values = Arrays.copyOf(values, (int) Math.min(2L * i, count));
      }
      values[i] = scalar(type);
    }
    return Collections.unmodifiableList(Arrays.asList(values));
  }

  private Object scalar(ValueType type) throws IOException {
    long at = in.position();
    return switch (type) {
      case UINT8 -> small(in.int8() & 0xff);
      case INT8 -> small(in.int8());
      case UINT16 -> in.int16() & 0xffffL;
      case INT16 -> (long) in.int16();
      case UINT32 -> in.int32() & 0xffffffffL;
      case INT32 -> (long) in.int32();
      case INT64 -> in.int64();
      case UINT64 -> unsigned(in.int64(), at);
      case FLOAT32 -> (double) Float.intBitsToFloat(in.int32());
      case FLOAT64 -> Double.longBitsToDouble(in.int64());
      case BOOL -> bool(in.int8(), at);
      case STRING -> in.string("string", Integer.MAX_VALUE);
      case ARRAY -> throw in.error(at, "an array where a scalar is expected");
    };
  }

  /** One object per value, so that a list of bytes costs no more than its slots. */
  private Long small(int value) {
    int index = value & 0xff;
    if (bytes[index] == null || bytes[index] != value) {
      bytes[index] = (long) value;
    }
    return bytes[index];
  }

  private Long unsigned(long value, long at) throws ModelFormatException {
    if (value < 0) {
      throw in.error(at, "an integer of 2^63 or more: " + Long.toUnsignedString(value));
    }
    return value;
  }

  private Boolean bool(byte value, long at) throws ModelFormatException {
    if (value != 0 && value != 1) {
      throw in.error(at, "a boolean must be 0 or 1, found " + (value & 0xff));
    }
    return value == 1;
  }

  private void checkAlignment(long at) throws ModelFormatException {
    if (metadata.get(Keys.ALIGNMENT) instanceof Long value) {
      if (value < 8 || value > MAX_ALIGNMENT || Long.bitCount(value) != 1) {
        throw in.error(at, "general.alignment must be a power of two from 8 on, found " + value);
      }
      alignment = value.intValue();
    }
  }

  private List<Info> infos(int count) throws IOException {
    List<Info> infos = new ArrayList<>();
    Set<String> names = new HashSet<>();
    long offset = 0;
    for (int i = 0; i < count; i++) {
      long at = in.position();
      Info info = info(offset);
      if (!names.add(info.name)) {
        throw in.error(at, "tensor name '" + info.name + "' occurs twice");
      }
      infos.add(info);
      try {
        offset = Gguf.align(Math.addExact(offset, info.bytes), alignment);
      } catch (ArithmeticException e) {
        throw in.error(at, "the size of the tensors overflows");
      }
    }
    return infos;
  }

  private Info info(long expectedOffset) throws IOException {
    long at = in.position();
    String name = in.string("tensor name", Gguf.MAX_NAME_BYTES);
    if (name.isEmpty()) {
      throw in.error(at, "a tensor name is empty");
    }
    int[] shape = shape(name);
    at = in.position();
    int id = in.int32();
    DType dtype = Gguf.type(id);
    if (dtype == null) {
      throw in.error(
          at, "tensor " + name + ": type " + (id & 0xffffffffL) + " is none of F32 F16 BF16 Q8_0");
    }
    Info info = new Info(name, dtype, shape, bytes(name, dtype, shape, at));
    at = in.position();
    long offset = in.int64();
    if (offset != expectedOffset) {
      throw in.error(
          at,
          "tensor "
              + name
              + ": expected offset "
              + expectedOffset
              + ", found "
              + Long.toUnsignedString(offset));
    }
    return info;
  }

  /** The file has the innermost dimension first. */
  private int[] shape(String name) throws IOException {
    long at = in.position();
    int rank = in.int32();
    if (rank < 0 || rank > Gguf.MAX_DIMENSIONS) {
      throw in.error(
          at, "tensor " + name + ": expected up to 4 dimensions, found " + (rank & 0xffffffffL));
    }
    int[] shape = new int[rank];
    for (int i = rank - 1; i >= 0; i--) {
      at = in.position();
      long size = in.int64();
      if (size < 1 || size > Integer.MAX_VALUE) {
        throw in.error(
            at, "tensor " + name + ": impossible dimension " + Long.toUnsignedString(size));
      }
      shape[i] = (int) size;
    }
    return shape;
  }

  private long bytes(String name, DType dtype, int[] shape, long at) throws ModelFormatException {
    long row = shape.length == 0 ? 1 : shape[shape.length - 1];
    if (row % dtype.blockSize() != 0) {
      throw in.error(
          at,
          "tensor " + name + ": a row of " + row + " is no multiple of 32, as " + dtype + " needs");
    }
    try {
      long elements = 1;
      for (int size : shape) {
        elements = Math.multiplyExact(elements, (long) size);
      }
      return dtype.bytes(elements);
    } catch (ArithmeticException e) {
      throw in.error(
          at, "tensor " + name + ": the size of " + Arrays.toString(shape) + " overflows");
    }
  }

  private List<HostTensor> payload(List<Info> infos) throws IOException {
    checkPayload(infos);
    List<HostTensor> tensors = new ArrayList<>(infos.size());
    for (Info info : infos) {
      in.skipTo(Gguf.align(in.position(), alignment));
      byte[] data = in.bytes(info.bytes, info);
      tensors.add(new HostTensor(info.name, info.dtype, info.shape, ByteBuffer.wrap(data)));
    }
    in.end(Gguf.align(in.position(), alignment));
    return tensors;
  }

  /** All of the payload is there, and it fits the heap, before any of it is allocated. */
  private void checkPayload(List<Info> infos) throws ModelFormatException {
    long end = Gguf.align(in.position(), alignment);
    long total = 0;
    for (Info info : infos) {
      if (info.bytes > GgufInput.MAX_ARRAY) {
        throw in.error(end, "tensor " + info.name + ": " + info.bytes + " bytes, more than 2 GiB");
      }
      end = Gguf.align(end, alignment);
      in.require(end, info.bytes, info);
      end += info.bytes;
      total += info.bytes;
    }
    if (in.sized() && total > Runtime.getRuntime().maxMemory()) {
      throw in.error(
          in.position(), total + " bytes of weights do not fit the Java heap: raise it with -Xmx");
    }
  }
}

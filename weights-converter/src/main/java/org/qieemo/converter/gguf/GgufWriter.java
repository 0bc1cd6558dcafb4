package org.qieemo.converter.gguf;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.qieemo.converter.output.AtomicFile;
import org.qieemo.kernels.HostTensor;
import org.qieemo.weights.Gguf;
import org.qieemo.weights.TensorSpec;

/**
 * Writes GGUF v3, tensor by tensor: the same input gives the same bytes. The file appears under its
 * name with {@link #finish}; closing the writer before leaves nothing behind. Not thread-safe.
 */
public final class GgufWriter implements Closeable {
  private final AtomicFile file;
  private final List<TensorSpec> specs;
  private final ByteBuffer header;
  private final long payload;
  private int written;
  private long offset;

  /** A tensor's entry, still without type and offset, and where these belong. */
  private final List<Integer> typesAt = new ArrayList<>();

  /**
   * Starts a file.
   *
   * @param metadata in file order: {@link String}, {@link Boolean}, {@link Integer}, {@link Long},
   *     {@link Float}, {@link Double}, or a list of one of these
   * @param specs the tensors that will be added, in this order
   * @throws IllegalArgumentException if GGUF cannot express a value or name
   */
  public GgufWriter(Path target, Map<String, Object> metadata, List<TensorSpec> specs)
      throws IOException {
    this.specs = List.copyOf(specs);
    GgufBytes out = new GgufBytes();
    out.int32(Gguf.MAGIC).int32(Gguf.VERSION).int64(specs.size()).int64(metadata.size());
    metadata.forEach(out::pair);
    for (TensorSpec spec : specs) {
      out.string(checkedName(spec.name()));
      out.int32(spec.shape().length);
      for (int i = spec.shape().length - 1; i >= 0; i--) {
        out.int64(spec.shape()[i]);
      }
      typesAt.add(out.size());
      out.int32(0).int64(0);
    }
    this.header = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    this.payload = Gguf.align(header.capacity(), Gguf.DEFAULT_ALIGNMENT);
    this.file = new AtomicFile(target);
  }

  private static String checkedName(String name) {
    if (name.isEmpty() || GgufBytes.utf8(name).length > Gguf.MAX_NAME_BYTES) {
      throw new IllegalArgumentException("GGUF cannot hold the tensor name '" + name + "'");
    }
    return name;
  }

  /**
   * Writes the next tensor.
   *
   * @throws IllegalArgumentException if it is not the one that was announced
   */
  public void add(HostTensor tensor) throws IOException {
    TensorSpec spec = specs.get(written);
    if (!spec.name().equals(tensor.name()) || !Arrays.equals(spec.shape(), tensor.shape())) {
      throw new IllegalArgumentException("expected tensor " + spec + ", found " + tensor);
    }
    int at = typesAt.get(written++);
    header.putInt(at, Gguf.typeId(tensor.dtype())).putLong(at + 4, offset);
    ByteBuffer data = tensor.data();
    file.write(data, payload + offset);
    long end = offset + data.capacity();
    offset = Gguf.align(end, Gguf.DEFAULT_ALIGNMENT);
    file.write(ByteBuffer.allocate((int) (offset - end)), payload + end);
  }

  /**
   * Completes the file and gives it its name.
   *
   * @return its size in bytes
   * @throws IllegalStateException if tensors are missing
   */
  public long finish() throws IOException {
    if (written != specs.size()) {
      throw new IllegalStateException(written + " of " + specs.size() + " tensors written");
    }
    file.write(header, 0);
    file.write(ByteBuffer.allocate((int) (payload - header.capacity())), header.capacity());
    file.commit();
    return payload + offset;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

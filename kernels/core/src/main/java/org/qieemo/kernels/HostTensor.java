package org.qieemo.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A weight as it lies in a file: name, storage type, shape (outermost first), little-endian bytes.
 * Immutable and thread-safe; the bytes are never written.
 */
public final class HostTensor {
  private final String name;
  private final DType dtype;
  private final int[] shape;
  private final ByteBuffer data;

  /**
   * Wraps bytes; they are not copied.
   *
   * @throws ShapeException if the bytes do not hold exactly the shape
   */
  public HostTensor(String name, DType dtype, int[] shape, ByteBuffer data) {
    this.name = name;
    this.dtype = dtype;
    this.shape = shape.clone();
    this.data = data.slice().order(ByteOrder.LITTLE_ENDIAN).asReadOnlyBuffer();
    ShapeException.require(name, "bytes", dtype.bytes(elements()), this.data.capacity());
  }

  /** A float32 weight with the given values, copied. */
  public static HostTensor of(String name, int[] shape, float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return new HostTensor(name, DType.F32, shape, bytes);
  }

  /** Name in the model file. */
  public String name() {
    return name;
  }

  /** Storage type. */
  public DType dtype() {
    return dtype;
  }

  /** Shape, outermost first; a copy. */
  public int[] shape() {
    return shape.clone();
  }

  /** Size of dimension {@code i}. */
  public int dim(int i) {
    return shape[i];
  }

  /** Number of dimensions. */
  public int rank() {
    return shape.length;
  }

  /** Number of elements. */
  public long elements() {
    long n = 1;
    for (int d : shape) {
      n = Math.multiplyExact(n, (long) d);
    }
    return n;
  }

  /** The bytes, little-endian, read-only, positioned at 0. */
  public ByteBuffer data() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** All values as float32, row-major; a fresh array. */
  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(elements())];
    Decoder.decode(dtype, data(), values);
    return values;
  }

  /**
   * The rows of several matrices (or the elements of several vectors) one below the other, such as
   * the q, k and v projections as one. Types may differ: the result is float32 then.
   *
   * @throws ShapeException if the row widths differ
   */
  public static HostTensor stack(HostTensor... parts) {
    int rows = 0;
    boolean sameType = true;
    for (HostTensor part : parts) {
      ShapeException.require(part.name, "rank", parts[0].rank(), part.rank());
      for (int i = 1; i < part.rank(); i++) {
        ShapeException.require(part.name, "dimension " + i, parts[0].dim(i), part.dim(i));
      }
      rows += part.dim(0);
      sameType &= part.dtype == parts[0].dtype;
    }
    int[] shape = parts[0].shape();
    shape[0] = rows;
    String name = parts[0].name + "+" + (parts.length - 1);
    return sameType ? stackBytes(name, shape, parts) : stackFloats(name, shape, parts);
  }

  /**
   * The first {@code rows} rows and the others, sharing the bytes.
   *
   * @throws ShapeException if there are no so many rows, or a row does not fill whole blocks
   */
  public HostTensor[] split(int rows) {
    long rowElements = elements() / Math.max(shape[0], 1);
    if (rows < 0 || rows > shape[0] || rowElements % dtype.blockSize() != 0) {
      throw new ShapeException(this + " cannot be split after row " + rows);
    }
    int at = Math.toIntExact(dtype.bytes(rows * rowElements));
    int[] above = shape();
    int[] below = shape();
    above[0] = rows;
    below[0] = shape[0] - rows;
    return new HostTensor[] {
      new HostTensor(name, dtype, above, data().limit(at)),
      new HostTensor(name, dtype, below, data().position(at))
    };
  }

  private static HostTensor stackBytes(String name, int[] shape, HostTensor[] parts) {
    long size = Arrays.stream(parts).mapToLong(p -> p.data.capacity()).sum();
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(size));
    for (HostTensor part : parts) {
      all.put(part.data());
    }
    return new HostTensor(name, parts[0].dtype, shape, all.flip());
  }

  private static HostTensor stackFloats(String name, int[] shape, HostTensor[] parts) {
    long size = Arrays.stream(parts).mapToLong(HostTensor::elements).sum();
    float[] all = new float[Math.toIntExact(size)];
    int at = 0;
    for (HostTensor part : parts) {
      float[] values = part.toFloats();
      System.arraycopy(values, 0, all, at, values.length);
      at += values.length;
    }
    return of(name, shape, all);
  }

  @Override
  public String toString() {
    return name + " " + dtype + Arrays.toString(shape);
  }
}

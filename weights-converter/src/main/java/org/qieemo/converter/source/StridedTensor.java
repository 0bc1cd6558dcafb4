package org.qieemo.converter.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.qieemo.ModelFormatException;

/** A view of a storage: offset and strides in elements, as PyTorch has them. Immutable. */
public final class StridedTensor implements SourceTensor {
  private static final int MAX_DIMENSIONS = 16;

  private final ByteSource storage;
  private final SourceType type;
  private final View view;
  private final int elements;
  private final long span;

  /**
   * Where a tensor's elements lie in its storage.
   *
   * @param offset of the first element
   * @param shape outermost first
   * @param strides as many
   */
  public record View(long offset, long[] shape, long[] strides) {
    /** Row-major, from the storage's start. */
    public static View contiguous(long... shape) {
      long[] strides = new long[shape.length];
      long stride = 1;
      for (int i = shape.length - 1; i >= 0; i--) {
        strides[i] = stride;
        stride *= Math.max(1, shape[i]);
      }
      return new View(0, shape, strides);
    }
  }

  /**
   * Checks a view against its storage.
   *
   * @param place where the view is described, for messages
   * @throws ModelFormatException if it leaves its storage, repeats elements, or overflows
   */
  public StridedTensor(ByteSource storage, SourceType type, View view, Place place)
      throws ModelFormatException {
    this.storage = storage;
    this.type = type;
    this.view = view;
    if (view.shape.length != view.strides.length || view.shape.length > MAX_DIMENSIONS) {
      throw problem(place, "has an impossible rank");
    }
    try {
      this.elements = count(place);
      this.span = elements == 0 ? 0 : span(place);
    } catch (ArithmeticException e) {
      throw problem(place, "overflows");
    }
    long available = storage.size() / type.bytes();
    if (view.offset < 0 || view.offset > available || span > available - view.offset) {
      throw problem(place, "leaves its storage of " + available + " elements");
    }
    if (elements > available) {
      throw problem(place, "repeats elements of its storage of " + available);
    }
  }

  private int count(Place place) throws ModelFormatException {
    long n = 1;
    for (long size : view.shape) {
      if (size < 0) {
        throw problem(place, "has a negative size");
      }
      n = Math.multiplyExact(n, size);
    }
    return Math.toIntExact(n);
  }

  /** Elements from the first to the last that the view touches. */
  private long span(Place place) throws ModelFormatException {
    long last = 0;
    for (int i = 0; i < view.shape.length; i++) {
      if (view.strides[i] < 0) {
        throw problem(place, "has a negative stride");
      }
      last = Math.addExact(last, Math.multiplyExact(view.shape[i] - 1, view.strides[i]));
    }
    return Math.addExact(last, 1);
  }

  private ModelFormatException problem(Place place, String what) {
    String sizes = Arrays.toString(view.shape) + ", strides " + Arrays.toString(view.strides);
    return place.error("a tensor of shape " + sizes + ", offset " + view.offset + " " + what);
  }

  @Override
  public long[] shape() {
    return view.shape.clone();
  }

  @Override
  public SourceType type() {
    return type;
  }

  @Override
  public float[] toFloats() throws IOException {
    int width = type.bytes();
    ByteBuffer bytes = storage.bytes(view.offset * width, span * width, "a tensor");
    float[] values = new float[elements];
    if (type == SourceType.F32 && isContiguous()) {
      bytes.asFloatBuffer().get(values);
      return values;
    }
    int[] index = new int[view.shape.length];
    int at = 0;
    for (int i = 0; i < elements; i++) {
      values[i] = type.decode(bytes, at);
      at = next(index, at);
    }
    return values;
  }

  private boolean isContiguous() {
    return Arrays.equals(view.strides, View.contiguous(view.shape).strides);
  }

  /** Steps to the next element in row-major order; returns where it lies. */
  private int next(int[] index, int at) {
    for (int d = index.length - 1; d >= 0; d--) {
      if (++index[d] < view.shape[d]) {
        return (int) (at + view.strides[d]);
      }
      at -= (int) ((index[d] - 1) * view.strides[d]);
      index[d] = 0;
    }
    return at;
  }
}

package org.qieemo.converter.family;

import java.util.Arrays;
import org.qieemo.weights.SubsamplingConfig;

/** How a source tensor differs from its place in a model file. */
public enum Layout {
  /** The same. */
  SAME {
    @Override
    public long[] sourceShape(int[] shape, int channels) {
      return toLongs(shape);
    }
  },
  /** A pointwise convolution [out, in, 1] for the matrix [out, in]. */
  POINTWISE {
    @Override
    public long[] sourceShape(int[] shape, int channels) {
      return new long[] {shape[0], shape[1], 1};
    }
  },
  /** A depthwise convolution [d, 1, K] for [d, K]. */
  DEPTHWISE {
    @Override
    public long[] sourceShape(int[] shape, int channels) {
      return new long[] {shape[0], 1, shape[1]};
    }
  },
  /** A 2-d convolution [out, in, kt, kf] for [out, kt, kf, in]. */
  CHANNELS_FIRST {
    @Override
    public long[] sourceShape(int[] shape, int channels) {
      return new long[] {shape[0], shape[3], shape[1], shape[2]};
    }

    @Override
    public float[] apply(float[] source, int[] shape, int channels) {
      return transposed(source, shape[3], shape[1] * shape[2]);
    }
  },
  /** The projection behind the convolutions: column c*F' + f for column f*C + c. */
  CHANNEL_MAJOR {
    @Override
    public long[] sourceShape(int[] shape, int channels) {
      return toLongs(shape);
    }

    @Override
    public float[] apply(float[] source, int[] shape, int channels) {
      return transposed(source, channels, shape[1] / channels);
    }
  },
  /** The queries of one projection [3d, ...] of queries, keys and values. */
  PACKED_QUERY {
    @Override
    public long[] sourceShape(int[] shape, int channels) {
      return packed(shape);
    }

    @Override
    public float[] apply(float[] source, int[] shape, int channels) {
      return third(source, 0);
    }
  },
  /** Its keys. */
  PACKED_KEY {
    @Override
    public long[] sourceShape(int[] shape, int channels) {
      return packed(shape);
    }

    @Override
    public float[] apply(float[] source, int[] shape, int channels) {
      return third(source, 1);
    }
  },
  /** Its values. */
  PACKED_VALUE {
    @Override
    public long[] sourceShape(int[] shape, int channels) {
      return packed(shape);
    }

    @Override
    public float[] apply(float[] source, int[] shape, int channels) {
      return third(source, 2);
    }
  },
  /** The same, 1/x for x: a standard deviation for its inverse. */
  RECIPROCAL {
    @Override
    public long[] sourceShape(int[] shape, int channels) {
      return toLongs(shape);
    }

    @Override
    public float[] apply(float[] source, int[] shape, int channels) {
      float[] result = new float[source.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = 1 / source[i];
      }
      return result;
    }
  };

  /**
   * The shape that the source must have.
   *
   * @param shape in the model file
   * @param channels C, of {@link SubsamplingConfig#channels}
   */
  public abstract long[] sourceShape(int[] shape, int channels);

  /** The values in the order of the model file; {@code source} itself if it is the same. */
  public float[] apply(float[] source, int[] shape, int channels) {
    return source;
  }

  private static long[] toLongs(int[] shape) {
    long[] longs = new long[shape.length];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = shape[i];
    }
    return longs;
  }

  private static long[] packed(int[] shape) {
    long[] packed = toLongs(shape);
    packed[0] *= 3;
    return packed;
  }

  private static float[] third(float[] source, int i) {
    int size = source.length / 3;
    return Arrays.copyOfRange(source, i * size, (i + 1) * size);
  }

  /** Each run of [rows, columns] as [columns, rows]. */
  private static float[] transposed(float[] source, int rows, int columns) {
    float[] result = new float[source.length];
    int run = rows * columns;
    for (int from = 0; from < source.length; from += run) {
      for (int i = 0; i < run; i++) {
        result[from + i % columns * rows + i / columns] = source[from + i];
      }
    }
    return result;
  }
}

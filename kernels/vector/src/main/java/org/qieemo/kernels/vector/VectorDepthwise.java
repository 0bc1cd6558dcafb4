package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.Rows;

/**
 * Rows of a depthwise convolution, eight at a time: their sums for one vector of channels stay in
 * registers from the first tap to the last, and each weight is loaded once for all of them.
 */
final class VectorDepthwise {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int TOGETHER = 8; // rows

  private VectorDepthwise() {}

  static void rows(Rows x, int rows, float[] weight, int kernel, float[] bias, Rows out) {
    int r = 0;
    while (r + TOGETHER <= rows) {
      eight(x, r, weight, kernel, bias, out);
      r += TOGETHER;
    }
    if (r < rows && rows >= TOGETHER) {
      r = rows - TOGETHER; // the last eight, some of them once more
      eight(x, r, weight, kernel, bias, out);
      r += TOGETHER;
    }
    for (; r < rows; r++) {
      one(x, r, weight, kernel, bias, out);
    }
    tail(x, rows, weight, kernel, bias, out);
  }

  private static void eight(Rows x, int r, float[] weight, int kernel, float[] bias, Rows out) {
    int vectors = SPECIES.loopBound(bias.length);
    for (int c = 0; c < vectors; c += LANES) {
      eight(x, r, weight, kernel, bias, c, out);
    }
  }

  /** The channels from c on that fill a vector. */
  private static void eight(
      Rows from, int r, float[] weight, int kernel, float[] bias, int c, Rows result) {
    float[] x = from.data();
    float[] out = result.data();
    int stride = from.stride();
    int outStride = result.stride();
    int to = result.offset() + r * outStride + c;
    int channels = bias.length;
    FloatVector s0 = FloatVector.fromArray(SPECIES, bias, c);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    int i = from.offset() + r * stride + c;
    int j = c;
    for (int k = 0; k < kernel; k++) {
      FloatVector w = FloatVector.fromArray(SPECIES, weight, j);
      s0 = w.fma(FloatVector.fromArray(SPECIES, x, i), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, x, i + stride), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, x, i + 2 * stride), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, x, i + 3 * stride), s3);
      s4 = w.fma(FloatVector.fromArray(SPECIES, x, i + 4 * stride), s4);
      s5 = w.fma(FloatVector.fromArray(SPECIES, x, i + 5 * stride), s5);
      s6 = w.fma(FloatVector.fromArray(SPECIES, x, i + 6 * stride), s6);
      s7 = w.fma(FloatVector.fromArray(SPECIES, x, i + 7 * stride), s7);
      i += stride;
      j += channels;
    }
    s0.intoArray(out, to);
    s1.intoArray(out, to + outStride);
    s2.intoArray(out, to + 2 * outStride);
    s3.intoArray(out, to + 3 * outStride);
    s4.intoArray(out, to + 4 * outStride);
    s5.intoArray(out, to + 5 * outStride);
    s6.intoArray(out, to + 6 * outStride);
    s7.intoArray(out, to + 7 * outStride);
  }

  private static void one(Rows x, int r, float[] weight, int kernel, float[] bias, Rows out) {
    int channels = bias.length;
    int vectors = SPECIES.loopBound(channels);
    for (int c = 0; c < vectors; c += LANES) {
      FloatVector sum = FloatVector.fromArray(SPECIES, bias, c);
      int i = x.offset() + r * x.stride() + c;
      for (int k = 0; k < kernel; k++) {
        FloatVector w = FloatVector.fromArray(SPECIES, weight, k * channels + c);
        sum = w.fma(FloatVector.fromArray(SPECIES, x.data(), i), sum);
        i += x.stride();
      }
      sum.intoArray(out.data(), out.offset() + r * out.stride() + c);
    }
  }

  /** The channels that fill no vector. */
  private static void tail(Rows x, int rows, float[] weight, int kernel, float[] bias, Rows out) {
    int channels = bias.length;
    for (int c = SPECIES.loopBound(channels); c < channels; c++) {
      for (int r = 0; r < rows; r++) {
        float sum = bias[c];
        for (int k = 0; k < kernel; k++) {
          float value = x.data()[x.offset() + (r + k) * x.stride() + c];
          sum = Math.fma(value, weight[k * channels + c], sum);
        }
        out.data()[out.offset() + r * out.stride() + c] = sum;
      }
    }
  }
}

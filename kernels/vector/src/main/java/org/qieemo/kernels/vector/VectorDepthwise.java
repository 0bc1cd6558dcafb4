package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.Rows;

/** A row of a depthwise convolution, four taps at a time so that the inner loop has no stride. */
final class VectorDepthwise {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int TAPS = 4;

  private VectorDepthwise() {}

  static void row(Rows x, float[] weight, int kernel, float[] bias, Rows out) {
    float[] values = x.data();
    float[] result = out.data();
    int stride = x.stride();
    int to = out.offset();
    int channels = bias.length;
    System.arraycopy(bias, 0, result, to, channels);
    int k = 0;
    for (; k + TAPS <= kernel; k += TAPS) {
      int at = x.offset() + k * stride;
      four(values, at, stride, weight, k * channels, channels, result, to);
    }
    for (; k < kernel; k++) {
      one(values, x.offset() + k * stride, weight, k * channels, channels, result, to);
    }
  }

  /** out[c] += sum over four taps, in ascending order. */
  private static void four(
      float[] x, int x0, int stride, float[] w, int w0, int channels, float[] out, int at) {
    int x1 = x0 + stride;
    int x2 = x1 + stride;
    int x3 = x2 + stride;
    int w1 = w0 + channels;
    int w2 = w1 + channels;
    int w3 = w2 + channels;
    int vectors = SPECIES.loopBound(channels);
    for (int c = 0; c < vectors; c += LANES) {
      FloatVector sum = FloatVector.fromArray(SPECIES, out, at + c);
      FloatVector v0 = FloatVector.fromArray(SPECIES, x, x0 + c);
      sum = v0.fma(FloatVector.fromArray(SPECIES, w, w0 + c), sum);
      FloatVector v1 = FloatVector.fromArray(SPECIES, x, x1 + c);
      sum = v1.fma(FloatVector.fromArray(SPECIES, w, w1 + c), sum);
      FloatVector v2 = FloatVector.fromArray(SPECIES, x, x2 + c);
      sum = v2.fma(FloatVector.fromArray(SPECIES, w, w2 + c), sum);
      FloatVector v3 = FloatVector.fromArray(SPECIES, x, x3 + c);
      sum = v3.fma(FloatVector.fromArray(SPECIES, w, w3 + c), sum);
      sum.intoArray(out, at + c);
    }
    for (int c = vectors; c < channels; c++) {
      float sum = Math.fma(x[x0 + c], w[w0 + c], out[at + c]);
      sum = Math.fma(x[x1 + c], w[w1 + c], sum);
      sum = Math.fma(x[x2 + c], w[w2 + c], sum);
      out[at + c] = Math.fma(x[x3 + c], w[w3 + c], sum);
    }
  }

  private static void one(
      float[] x, int xAt, float[] w, int wAt, int channels, float[] out, int at) {
    int vectors = SPECIES.loopBound(channels);
    for (int c = 0; c < vectors; c += LANES) {
      FloatVector sum = FloatVector.fromArray(SPECIES, out, at + c);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xAt + c);
      v.fma(FloatVector.fromArray(SPECIES, w, wAt + c), sum).intoArray(out, at + c);
    }
    for (int c = vectors; c < channels; c++) {
      out[at + c] = Math.fma(x[xAt + c], w[wAt + c], out[at + c]);
    }
  }
}

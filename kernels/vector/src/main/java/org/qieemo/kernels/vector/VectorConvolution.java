package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.Rows;

/**
 * One frame of a convolution of one channel, 3 x 3 taps, two bins apart. The weights of one vector
 * of output channels stay in registers while it goes over some bins, four at a time; the results of
 * these bins stay in the first-level cache until all their channels are there. Every sum goes up in
 * the order of the taps, as in the product with patches.
 */
final class VectorConvolution {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int TAPS = 9;
  private static final int BLOCK = 20; // bins

  private VectorConvolution() {}

  static void frame(Rows x, int bins, float[] weight, float[] bias, Rows out) {
    int channels = bias.length;
    int vectors = SPECIES.loopBound(channels);
    for (int p = 0; p < bins; p += BLOCK) {
      int count = Math.min(BLOCK, bins - p);
      for (int c = 0; c < vectors; c += LANES) {
        vector(x, p, count, weight, bias, c, out);
      }
    }
    for (int c = vectors; c < channels; c++) {
      channel(x, bins, weight, bias, c, out);
    }
  }

  /** The channels from c on that fill a vector, of some bins from {@code first} on. */
  private static void vector(
      Rows from, int first, int bins, float[] weight, float[] bias, int c, Rows result) {
    float[] x = from.data();
    float[] out = result.data();
    int at = from.offset() + 2 * first;
    int stride = from.stride();
    int outStride = result.stride();
    int to = result.offset() + first * outStride + c;
    int channels = bias.length;
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector b = FloatVector.fromArray(SPECIES, bias, c);
    FloatVector w0 = FloatVector.fromArray(SPECIES, weight, c);
    FloatVector w1 = FloatVector.fromArray(SPECIES, weight, c + channels);
    FloatVector w2 = FloatVector.fromArray(SPECIES, weight, c + 2 * channels);
    FloatVector w3 = FloatVector.fromArray(SPECIES, weight, c + 3 * channels);
    FloatVector w4 = FloatVector.fromArray(SPECIES, weight, c + 4 * channels);
    FloatVector w5 = FloatVector.fromArray(SPECIES, weight, c + 5 * channels);
    FloatVector w6 = FloatVector.fromArray(SPECIES, weight, c + 6 * channels);
    FloatVector w7 = FloatVector.fromArray(SPECIES, weight, c + 7 * channels);
    FloatVector w8 = FloatVector.fromArray(SPECIES, weight, c + 8 * channels);
    int next = at + stride;
    int last = next + stride;
    int o = to;
    int p = 0;
    for (; p + 3 < bins; p += 4) {
      int i = 2 * p;
      FloatVector s0 = b;
      FloatVector s1 = b;
      FloatVector s2 = b;
      FloatVector s3 = b;
      FloatVector x0 = FloatVector.broadcast(SPECIES, x[at + i]);
      s0 = w0.fma(x0, s0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, x[at + i + 1]);
      s0 = w1.fma(x1, s0);
      FloatVector x2 = FloatVector.broadcast(SPECIES, x[at + i + 2]);
      s0 = w2.fma(x2, s0);
      s1 = w0.fma(x2, s1);
      FloatVector x3 = FloatVector.broadcast(SPECIES, x[at + i + 3]);
      s1 = w1.fma(x3, s1);
      FloatVector x4 = FloatVector.broadcast(SPECIES, x[at + i + 4]);
      s1 = w2.fma(x4, s1);
      s2 = w0.fma(x4, s2);
      FloatVector x5 = FloatVector.broadcast(SPECIES, x[at + i + 5]);
      s2 = w1.fma(x5, s2);
      FloatVector x6 = FloatVector.broadcast(SPECIES, x[at + i + 6]);
      s2 = w2.fma(x6, s2);
      s3 = w0.fma(x6, s3);
      FloatVector x7 = FloatVector.broadcast(SPECIES, x[at + i + 7]);
      s3 = w1.fma(x7, s3);
      FloatVector x8 = FloatVector.broadcast(SPECIES, x[at + i + 8]);
      s3 = w2.fma(x8, s3);
      FloatVector y0 = FloatVector.broadcast(SPECIES, x[next + i]);
      s0 = w3.fma(y0, s0);
      FloatVector y1 = FloatVector.broadcast(SPECIES, x[next + i + 1]);
      s0 = w4.fma(y1, s0);
      FloatVector y2 = FloatVector.broadcast(SPECIES, x[next + i + 2]);
      s0 = w5.fma(y2, s0);
      s1 = w3.fma(y2, s1);
      FloatVector y3 = FloatVector.broadcast(SPECIES, x[next + i + 3]);
      s1 = w4.fma(y3, s1);
      FloatVector y4 = FloatVector.broadcast(SPECIES, x[next + i + 4]);
      s1 = w5.fma(y4, s1);
      s2 = w3.fma(y4, s2);
      FloatVector y5 = FloatVector.broadcast(SPECIES, x[next + i + 5]);
      s2 = w4.fma(y5, s2);
      FloatVector y6 = FloatVector.broadcast(SPECIES, x[next + i + 6]);
      s2 = w5.fma(y6, s2);
      s3 = w3.fma(y6, s3);
      FloatVector y7 = FloatVector.broadcast(SPECIES, x[next + i + 7]);
      s3 = w4.fma(y7, s3);
      FloatVector y8 = FloatVector.broadcast(SPECIES, x[next + i + 8]);
      s3 = w5.fma(y8, s3);
      FloatVector z0 = FloatVector.broadcast(SPECIES, x[last + i]);
      s0 = w6.fma(z0, s0);
      FloatVector z1 = FloatVector.broadcast(SPECIES, x[last + i + 1]);
      s0 = w7.fma(z1, s0);
      FloatVector z2 = FloatVector.broadcast(SPECIES, x[last + i + 2]);
      s0 = w8.fma(z2, s0);
      s1 = w6.fma(z2, s1);
      FloatVector z3 = FloatVector.broadcast(SPECIES, x[last + i + 3]);
      s1 = w7.fma(z3, s1);
      FloatVector z4 = FloatVector.broadcast(SPECIES, x[last + i + 4]);
      s1 = w8.fma(z4, s1);
      s2 = w6.fma(z4, s2);
      FloatVector z5 = FloatVector.broadcast(SPECIES, x[last + i + 5]);
      s2 = w7.fma(z5, s2);
      FloatVector z6 = FloatVector.broadcast(SPECIES, x[last + i + 6]);
      s2 = w8.fma(z6, s2);
      s3 = w6.fma(z6, s3);
      FloatVector z7 = FloatVector.broadcast(SPECIES, x[last + i + 7]);
      s3 = w7.fma(z7, s3);
      FloatVector z8 = FloatVector.broadcast(SPECIES, x[last + i + 8]);
      s3 = w8.fma(z8, s3);
      s0.blend(zero, s0.compare(VectorOperators.LT, zero)).intoArray(out, o);
      o += outStride;
      s1.blend(zero, s1.compare(VectorOperators.LT, zero)).intoArray(out, o);
      o += outStride;
      s2.blend(zero, s2.compare(VectorOperators.LT, zero)).intoArray(out, o);
      o += outStride;
      s3.blend(zero, s3.compare(VectorOperators.LT, zero)).intoArray(out, o);
      o += outStride;
    }
    for (; p < bins; p++) {
      int i = 2 * p;
      FloatVector s = w0.fma(FloatVector.broadcast(SPECIES, x[at + i]), b);
      s = w1.fma(FloatVector.broadcast(SPECIES, x[at + i + 1]), s);
      s = w2.fma(FloatVector.broadcast(SPECIES, x[at + i + 2]), s);
      s = w3.fma(FloatVector.broadcast(SPECIES, x[next + i]), s);
      s = w4.fma(FloatVector.broadcast(SPECIES, x[next + i + 1]), s);
      s = w5.fma(FloatVector.broadcast(SPECIES, x[next + i + 2]), s);
      s = w6.fma(FloatVector.broadcast(SPECIES, x[last + i]), s);
      s = w7.fma(FloatVector.broadcast(SPECIES, x[last + i + 1]), s);
      s = w8.fma(FloatVector.broadcast(SPECIES, x[last + i + 2]), s);
      s.blend(zero, s.compare(VectorOperators.LT, zero)).intoArray(out, o);
      o += outStride;
    }
  }

  /** One channel of those that fill no vector. */
  private static void channel(Rows x, int bins, float[] weight, float[] bias, int c, Rows out) {
    float[] values = x.data();
    for (int p = 0; p < bins; p++) {
      float sum = bias[c];
      for (int tap = 0; tap < TAPS; tap++) {
        float value = values[x.offset() + tap / 3 * x.stride() + 2 * p + tap % 3];
        sum = Math.fma(weight[tap * bias.length + c], value, sum);
      }
      out.data()[out.offset() + p * out.stride() + c] = Math.max(sum, 0f);
    }
  }
}

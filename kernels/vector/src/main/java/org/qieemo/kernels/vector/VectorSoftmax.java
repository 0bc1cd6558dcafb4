package org.qieemo.kernels.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.ThreadScratch;

/** Softmax and log softmax of a row. */
final class VectorSoftmax {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorSoftmax() {}

  static void softmax(
      float[] x, int xOffset, float[] out, int outOffset, int count, ThreadScratch scratch) {
    float top = Reductions.max(x, xOffset, count);
    if (top == Float.NEGATIVE_INFINITY) {
      boolean number = Reductions.sum(x, xOffset, count, scratch) == top;
      Arrays.fill(out, outOffset, outOffset + count, number ? 0f : Float.NaN);
      return;
    }
    VectorExp.exp(x, xOffset, 1f, -top, out, outOffset, count);
    scale(out, outOffset, count, 1 / Reductions.sum(out, outOffset, count, scratch));
  }

  private static void scale(float[] x, int offset, int count, float factor) {
    int vectors = SPECIES.loopBound(count);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector.fromArray(SPECIES, x, offset + i).mul(factor).intoArray(x, offset + i);
    }
    for (int i = vectors; i < count; i++) {
      x[offset + i] *= factor;
    }
  }

  static void logSoftmax(
      float[] x, int xOffset, float[] out, int outOffset, int count, ThreadScratch scratch) {
    float top = Reductions.max(x, xOffset, count);
    float[] e = scratch.chunk0();
    float total = 0;
    for (int i = 0; i < count; i += e.length) {
      int n = Math.min(e.length, count - i);
      VectorExp.exp(x, xOffset + i, 1f, -top, e, 0, n);
      total += Reductions.sum(e, 0, n, scratch);
    }
    subtract(x, xOffset, top, (float) StrictMath.log(total), out, outOffset, count);
  }

  /** out = x - top - log. */
  private static void subtract(
      float[] x, int xOffset, float top, float log, float[] out, int outOffset, int count) {
    int vectors = SPECIES.loopBound(count);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector d = FloatVector.fromArray(SPECIES, x, xOffset + i).sub(top);
      d.sub(log).intoArray(out, outOffset + i);
    }
    for (int i = vectors; i < count; i++) {
      out[outOffset + i] = x[xOffset + i] - top - log;
    }
  }
}

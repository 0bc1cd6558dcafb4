package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.ThreadScratch;

/** Softmax and log softmax of a row. */
final class VectorSoftmax {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorSoftmax() {}

  static void softmax(
      float[] x, int xOffset, float[] out, int outOffset, int count, ThreadScratch scratch) {
    float top = max(x, xOffset, count);
    if (top == Float.NEGATIVE_INFINITY) {
      for (int i = 0; i < count; i++) {
        out[outOffset + i] = 0f;
      }
      return;
    }
    int vectors = SPECIES.loopBound(count);
    FloatVector sums = FloatVector.zero(SPECIES);
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector d = FloatVector.fromArray(SPECIES, x, xOffset + i).sub(top);
      FloatVector e = VectorMath.exp(d);
      e = e.blend(zero, d.compare(VectorOperators.LT, VectorMath.SMALLEST));
      sums = sums.add(e);
      e.intoArray(out, outOffset + i);
    }
    float total = Reductions.sum(sums, scratch);
    for (int i = vectors; i < count; i++) {
      float e = exp(x[xOffset + i] - top);
      total += e;
      out[outOffset + i] = e;
    }
    scale(out, outOffset, count, 1 / total);
  }

  private static float exp(float d) {
    return d < VectorMath.SMALLEST ? 0f : VectorMath.exp(d);
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
    float top = max(x, xOffset, count);
    int vectors = SPECIES.loopBound(count);
    FloatVector sums = FloatVector.zero(SPECIES);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector d = FloatVector.fromArray(SPECIES, x, xOffset + i).sub(top);
      sums = sums.add(VectorMath.exp(d));
    }
    float total = Reductions.sum(sums, scratch);
    for (int i = vectors; i < count; i++) {
      total += VectorMath.exp(x[xOffset + i] - top);
    }
    float log = (float) StrictMath.log(total);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector d = FloatVector.fromArray(SPECIES, x, xOffset + i).sub(top);
      d.sub(log).intoArray(out, outOffset + i);
    }
    for (int i = vectors; i < count; i++) {
      out[outOffset + i] = x[xOffset + i] - top - log;
    }
  }

  private static float max(float[] x, int offset, int count) {
    int vectors = SPECIES.loopBound(count);
    FloatVector tops = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < vectors; i += LANES) {
      tops = tops.max(FloatVector.fromArray(SPECIES, x, offset + i));
    }
    float top = tops.reduceLanes(VectorOperators.MAX); // the order of lanes does not matter
    for (int i = vectors; i < count; i++) {
      top = Math.max(top, x[offset + i]);
    }
    return top;
  }
}

package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.Rows;
import org.qieemo.kernels.cpu.ThreadScratch;

/**
 * LayerNorm: means, then variances around them, then the results. Each step goes over a group of
 * rows, so that no row's step waits for the one before.
 */
final class VectorLayerNorm {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorLayerNorm() {}

  static void rows(
      Rows x, int rows, float[] gamma, float[] beta, float eps, Rows out, ThreadScratch scratch) {
    float[] lanes = scratch.chunk0(); // [row, lane]
    float[] means = scratch.chunk1(); // [row]
    int group = lanes.length / LANES;
    for (int first = 0; first < rows; first += group) {
      int count = Math.min(group, rows - first);
      int from = x.offset() + first * x.stride();
      int to = out.offset() + first * out.stride();
      means(x.data(), from, x.stride(), count, gamma.length, lanes, means);
      squares(x.data(), from, x.stride(), count, gamma.length, lanes, means);
      for (int r = 0; r < count; r++) {
        int row = from + r * x.stride();
        float variance = Reductions.sumOfLanes(lanes, r * LANES);
        variance += squaresBehind(x.data(), row, gamma.length, means[r]);
        float factor = (float) (1 / Math.sqrt(variance / gamma.length + eps));
        int result = to + r * out.stride();
        scale(x.data(), row, means[r], factor, gamma, beta, out.data(), result);
      }
    }
  }

  private static void means(
      float[] x, int from, int stride, int rows, int n, float[] lanes, float[] means) {
    for (int r = 0; r < rows; r++) {
      Reductions.sumInLanes(x, from + r * stride, n, lanes, r * LANES);
    }
    for (int r = 0; r < rows; r++) {
      float sum = Reductions.sumOfLanes(lanes, r * LANES);
      for (int i = from + r * stride + SPECIES.loopBound(n); i < from + r * stride + n; i++) {
        sum += x[i];
      }
      means[r] = sum / n;
    }
  }

  /** Leaves the squares of each row in lanes, without those behind the last whole vector. */
  private static void squares(
      float[] x, int from, int stride, int rows, int n, float[] lanes, float[] means) {
    for (int r = 0; r < rows; r++) {
      Reductions.squaresInLanes(x, from + r * stride, n, means[r], lanes, r * LANES);
    }
  }

  private static float squaresBehind(float[] x, int from, int n, float mean) {
    float sum = 0;
    for (int i = from + SPECIES.loopBound(n); i < from + n; i++) {
      float d = x[i] - mean;
      sum = Math.fma(d, d, sum);
    }
    return sum;
  }

  private static void scale(
      float[] x,
      int from,
      float mean,
      float factor,
      float[] gamma,
      float[] beta,
      float[] out,
      int to) {
    int n = gamma.length;
    int vectors = SPECIES.loopBound(n);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, from + i).sub(mean).mul(factor);
      FloatVector g = FloatVector.fromArray(SPECIES, gamma, i);
      v.fma(g, FloatVector.fromArray(SPECIES, beta, i)).intoArray(out, to + i);
    }
    for (int i = vectors; i < n; i++) {
      out[to + i] = Math.fma((x[from + i] - mean) * factor, gamma[i], beta[i]);
    }
  }
}

package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.Rows;
import org.qieemo.kernels.cpu.ThreadScratch;

/** LayerNorm of a row: mean, then variance around it, then the result. */
final class VectorLayerNorm {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorLayerNorm() {}

  static void row(Rows x, float[] gamma, float[] beta, float eps, Rows out, ThreadScratch scratch) {
    float[] values = x.data();
    float[] result = out.data();
    int from = x.offset();
    int to = out.offset();
    int n = gamma.length;
    float mean = Reductions.sum(values, from, n, scratch) / n;
    float variance = Reductions.sumOfSquares(values, from, n, mean, scratch) / n;
    float factor = (float) (1 / Math.sqrt(variance + eps));
    int vectors = SPECIES.loopBound(n);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, values, from + i).sub(mean).mul(factor);
      FloatVector g = FloatVector.fromArray(SPECIES, gamma, i);
      v.fma(g, FloatVector.fromArray(SPECIES, beta, i)).intoArray(result, to + i);
    }
    for (int i = vectors; i < n; i++) {
      result[to + i] = Math.fma((values[from + i] - mean) * factor, gamma[i], beta[i]);
    }
  }
}

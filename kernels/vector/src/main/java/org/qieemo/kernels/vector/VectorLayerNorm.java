package org.qieemo.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.cpu.ThreadScratch;

/** LayerNorm of a row: mean, then variance around it, then the result. */
final class VectorLayerNorm {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorLayerNorm() {}

  static void row(
      float[] x,
      int xOffset,
      float[] gamma,
      float[] beta,
      float eps,
      float[] out,
      int outOffset,
      ThreadScratch scratch) {
    int n = gamma.length;
    float mean = Reductions.sum(x, xOffset, n, scratch) / n;
    float variance = Reductions.sumOfSquares(x, xOffset, n, mean, scratch) / n;
    float factor = (float) (1 / Math.sqrt(variance + eps));
    int vectors = SPECIES.loopBound(n);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i).sub(mean).mul(factor);
      FloatVector g = FloatVector.fromArray(SPECIES, gamma, i);
      v.fma(g, FloatVector.fromArray(SPECIES, beta, i)).intoArray(out, outOffset + i);
    }
    for (int i = vectors; i < n; i++) {
      out[outOffset + i] = Math.fma((x[xOffset + i] - mean) * factor, gamma[i], beta[i]);
    }
  }
}

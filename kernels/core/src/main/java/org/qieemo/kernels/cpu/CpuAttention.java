package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Attention;
import org.qieemo.kernels.AttentionMask;
import org.qieemo.kernels.AttentionSpec;
import org.qieemo.kernels.PositionTerm;

/** Sizes and biases of an attention. */
final class CpuAttention implements Attention {
  private final int heads;
  private final int width;
  private final PositionTerm term;
  private final AttentionMask mask;
  private final float[] biasU; // [width], zeros without a position term
  private final float[] biasV; // [width], zeros without a position term

  CpuAttention(AttentionSpec spec) {
    heads = spec.heads();
    width = spec.width();
    term = spec.positionTerm();
    mask = spec.mask();
    boolean none = term == PositionTerm.NONE;
    biasU = none ? new float[width] : spec.biasU().toFloats();
    biasV = none ? new float[width] : spec.biasV().toFloats();
  }

  /** Columns of one head. */
  int headWidth() {
    return width / heads;
  }

  /** 1 / sqrt(dk). */
  float scale() {
    return (float) (1 / Math.sqrt(headWidth()));
  }

  /** Whether the position term takes a product of its own. */
  boolean shifts() {
    return term == PositionTerm.RELATIVE || term == PositionTerm.LEGACY;
  }

  PositionTerm term() {
    return term;
  }

  AttentionMask mask() {
    return mask;
  }

  float[] biasU() {
    return biasU;
  }

  float[] biasV() {
    return biasV;
  }

  @Override
  public int heads() {
    return heads;
  }

  @Override
  public int width() {
    return width;
  }
}

package org.qieemo.kernels.device;

import org.qieemo.kernels.Attention;
import org.qieemo.kernels.AttentionSpec;

/**
 * An attention on the device.
 *
 * @param owner the back end that it belongs to
 * @param program attention.cl for the position term
 * @param biasU [width], zeros without a position term
 * @param biasV [width], zeros without a position term
 */
record DeviceAttention(
    DeviceBackend owner, Program program, Memory biasU, Memory biasV, AttentionSpec spec)
    implements Attention {
  @Override
  public int heads() {
    return spec.heads();
  }

  @Override
  public int width() {
    return spec.width();
  }

  /** Columns of one head. */
  int headWidth() {
    return spec.width() / spec.heads();
  }

  /** 1 / sqrt(dk). */
  float scale() {
    return (float) (1 / Math.sqrt(headWidth()));
  }
}

package org.qieemo.kernels.device;

import org.qieemo.kernels.Attention;
import org.qieemo.kernels.AttentionSpec;

/**
 * An attention on the device.
 *
 * @param owner the back end that it belongs to
 * @param own the device's kernel, null if there is none for these heads
 * @param portable what always can
 * @param biasU [width], zeros without a position term
 * @param biasV [width], zeros without a position term
 */
record DeviceAttention(
    DeviceBackend owner,
    AttentionProgram own,
    AttentionProgram portable,
    Memory biasU,
    Memory biasV,
    AttentionSpec spec)
    implements Attention {
  @Override
  public int heads() {
    return spec.heads();
  }

  @Override
  public int width() {
    return spec.width();
  }

  /** The kernel for these matrices. */
  AttentionProgram choose(Region queries, Region keys, Region places) {
    int alignment = Products.ALIGNMENT;
    boolean aligned =
        queries.aligned(alignment) && keys.aligned(alignment) && places.aligned(alignment);
    return aligned && own != null ? own : portable;
  }

  /** The next arguments are its sizes. */
  void sizes(Kernel kernel) {
    kernel
        .integer(width())
        .integer(headWidth())
        .integer(spec.mask().chunk())
        .integer(spec.mask().leftChunks())
        .real(scale());
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

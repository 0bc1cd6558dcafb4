package org.qieemo.kernels.vector;

import org.qieemo.kernels.cpu.Arena;
import org.qieemo.kernels.cpu.ProductScratch;

/** Memory of one thread for products. Not thread-safe. */
final class VectorScratch implements ProductScratch {
  /** Copied rows of one strip, {@link VectorProduct#STRIDE} apart. */
  final float[] rows = new float[VectorProduct.STRIP_ROWS * VectorProduct.STRIDE];

  /** Where a decoded block of a narrow panel lies, from {@link #panelAt} on. */
  final float[] panel;

  final int panelAt;
  final TileOperands tile = new TileOperands();

  VectorScratch(Arena arena) {
    Arena.Place place = arena.take(VectorProduct.BLOCK * VectorProduct.WIDTH);
    panel = place.array();
    panelAt = place.offset();
  }
}

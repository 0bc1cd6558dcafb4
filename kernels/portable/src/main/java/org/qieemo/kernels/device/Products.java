package org.qieemo.kernels.device;

import java.util.List;

/**
 * The kernels that can multiply by one weight.
 *
 * @param own the device's, from the largest tile to the smallest; none if the weight forbids them
 * @param portable what always can
 */
record Products(List<TiledProgram> own, TiledProgram portable) {
  /** In floats: what the device's own kernels need of x. */
  static final int ALIGNMENT = 4;

  /** In elements: what they need of a row of the weight. */
  static final int DEPTH_ALIGNMENT = 8;

  /** Inputs of a layer that is deep; the bits of its results depend on it. */
  static final int DEEP = 1024;

  /** The kernels for x and a result of this size; which ones does not change a bit of it. */
  TiledProgram choose(Region x, int rows, int cols, boolean glu) {
    if (x.aligned(ALIGNMENT)) {
      for (TiledProgram program : own) {
        Grid grid = program.grid(rows, cols, glu);
        if ((long) grid.x() * grid.y() >= program.leastGroups() && program.fills(cols, glu)) {
          return program;
        }
      }
    }
    return portable;
  }
}

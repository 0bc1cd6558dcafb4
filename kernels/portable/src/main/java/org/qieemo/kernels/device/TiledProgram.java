package org.qieemo.kernels.device;

/**
 * Built kernels of matrix products.
 *
 * @param rows of results that a group computes
 * @param cols of results that a group computes; behind GLU half of them where {@code gluInHalves}
 * @param items of a group
 * @param leastGroups fewer are not worth these kernels
 * @param gluInHalves whether a group of {@code linear_glu} computes {@code cols / 2} columns
 * @param normalizes whether there are kernels that take the LayerNorm of x
 */
record TiledProgram(
    Program program,
    int rows,
    int cols,
    int items,
    int leastGroups,
    boolean gluInHalves,
    boolean normalizes) {
  /** A device's own kernels. */
  static TiledProgram of(ProductKernels k, Program program) {
    return new TiledProgram(
        program, k.rows(), k.cols(), k.items(), k.leastGroups(), true, k.normalizes());
  }

  /** The grid for a result. */
  Grid grid(int resultRows, int resultCols, boolean glu) {
    return new Grid(Grid.ceil(resultRows, rows), Grid.ceil(resultCols, width(glu)), 1, items);
  }

  /** Whether a narrower tile would not do with less in vain; of the smallest there is none. */
  boolean fills(int resultCols, boolean glu) {
    return leastGroups == 0 || resultCols > width(glu) / 2;
  }

  private int width(boolean glu) {
    return glu && gluInHalves ? cols / 2 : cols;
  }
}

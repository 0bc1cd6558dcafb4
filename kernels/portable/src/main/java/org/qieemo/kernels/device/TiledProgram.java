package org.qieemo.kernels.device;

/**
 * Built kernels of matrix products.
 *
 * @param rows of results that a group computes
 * @param cols of results that a group computes; behind GLU half of them where {@code gluInHalves}
 * @param items of a group
 * @param leastGroups fewer are not worth these kernels
 * @param gluInHalves whether a group of {@code linear_glu} computes {@code cols / 2} columns
 */
record TiledProgram(
    Program program, int rows, int cols, int items, int leastGroups, boolean gluInHalves) {
  /** The grid for a result. */
  Grid grid(int resultRows, int resultCols, boolean glu) {
    int width = glu && gluInHalves ? cols / 2 : cols;
    return new Grid(Grid.ceil(resultRows, rows), Grid.ceil(resultCols, width), 1, items);
  }
}

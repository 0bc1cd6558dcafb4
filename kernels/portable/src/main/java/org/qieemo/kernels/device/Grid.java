package org.qieemo.kernels.device;

/**
 * How many groups a launch has, and how many work-items each group.
 *
 * @param x groups along x
 * @param y groups along y, at most 65535
 * @param z groups along z, at most 65535
 * @param items work-items of a group
 */
public record Grid(int x, int y, int z, int items) {
  /** One group for each of {@code groups}. */
  static Grid line(int groups, int items) {
    return new Grid(groups, 1, 1, items);
  }

  /** Enough groups for one work-item per element. */
  static Grid elements(int elements, int items) {
    return line(ceil(elements, items), items);
  }

  /** The number of pieces of size {@code by} that cover {@code size}. */
  static int ceil(int size, int by) {
    return (int) ((size + (long) by - 1) / by);
  }
}

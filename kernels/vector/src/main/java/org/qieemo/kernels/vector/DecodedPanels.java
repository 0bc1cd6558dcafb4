package org.qieemo.kernels.vector;

/**
 * Places for decoded panels, one per thread, behind one another in large arrays. Vectors of 64
 * bytes that straddle cache lines take twice the time to load and store, which costs a product in
 * eight bits up to a tenth. Where an array begins is not for a program to choose, but the G1
 * collector puts one that is larger than half a region at the beginning of a region and leaves it
 * there: with {@value #SIZE} elements that is so for heaps of up to 8 GiB. Elsewhere it is left to
 * chance. Thread-safe.
 */
final class DecodedPanels {
  /** Elements of an array: 2 MiB with its header. */
  private static final int SIZE = 1 << 19;

  private static final int FIRST = VectorProduct.FIRST;
  private static final int PANEL = VectorProduct.BLOCK * VectorProduct.WIDTH;

  private float[] array = new float[0]; // guarded by this
  private int next; // guarded by this

  /** Where a place begins. */
  record Place(float[] array, int offset) {}

  /** A place that nobody else has. */
  synchronized Place take() {
    if (next + PANEL > array.length) {
      array = new float[SIZE];
      next = FIRST;
    }
    Place place = new Place(array, next);
    next += PANEL;
    return place;
  }
}

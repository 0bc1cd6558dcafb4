package org.qieemo.kernels;

/**
 * An attention prepared for a back end: heads, position term, mask. Immutable, shared by threads.
 */
public interface Attention {
  /** Number of heads; it divides the width. */
  int heads();

  /** Width d of queries, keys, values and result. */
  int width();
}

package org.qieemo.kernels;

/** A LayerNorm or GroupNorm prepared for a back end. Immutable, shared by threads. */
public interface Norm {
  /** Columns that it normalises or, a GroupNorm, scales. */
  int width();
}

package org.qieemo.kernels;

/** A LayerNorm prepared for a back end. Immutable, shared by threads. */
public interface Norm {
  /** Columns that it normalises. */
  int width();
}

package org.qieemo.kernels;

/** A two-dimensional convolution prepared for a back end. Immutable, shared by threads. */
public interface Conv2d {
  /** The geometry that it was made with. */
  Conv2dGeometry geometry();
}

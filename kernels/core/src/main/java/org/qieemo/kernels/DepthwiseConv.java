package org.qieemo.kernels;

/** A depthwise convolution over time prepared for a back end. Immutable, shared by threads. */
public interface DepthwiseConv {
  /** Channels in and out. */
  int channels();

  /** Taps over time. */
  int kernel();
}

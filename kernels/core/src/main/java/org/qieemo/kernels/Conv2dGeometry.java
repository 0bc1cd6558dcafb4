package org.qieemo.kernels;

/**
 * Sizes of a convolution over [frames, bins, channels]; square kernel, stride and padding, as in
 * the subsampling front ends.
 *
 * @param kernel taps over time and over frequency
 * @param stride step over time and over frequency
 * @param padding zeros at each end of time and of frequency
 * @param inputChannels channels in
 * @param outputChannels channels out
 * @param inputBins frequency bins in
 */
public record Conv2dGeometry(
    int kernel, int stride, int padding, int inputChannels, int outputChannels, int inputBins) {
  /** Checks that every size is usable. */
  public Conv2dGeometry {
    if (kernel < 1 || stride < 1 || padding < 0 || padding >= kernel) {
      throw new ShapeException(
          "conv2d: kernel " + kernel + ", stride " + stride + ", padding " + padding);
    }
    if (inputChannels < 1 || outputChannels < 1 || inputBins + 2 * padding < kernel) {
      throw new ShapeException(
          "conv2d: " + inputChannels + " to " + outputChannels + " channels over " + inputBins);
    }
  }

  /** Frames out for {@code frames} in; 0 when there are too few. */
  public int outputFrames(int frames) {
    return Math.max(0, Math.floorDiv(frames + 2 * padding - kernel, stride) + 1);
  }

  /** Frequency bins out. */
  public int outputBins() {
    return (inputBins + 2 * padding - kernel) / stride + 1;
  }
}

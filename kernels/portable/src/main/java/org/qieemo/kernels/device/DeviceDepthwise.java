package org.qieemo.kernels.device;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.DepthwiseConv;

/**
 * A depthwise convolution on the device.
 *
 * @param owner the back end that it belongs to
 * @param weight [kernel, channels]
 * @param bias [channels]
 * @param paddingRow [channels]
 */
record DeviceDepthwise(
    DeviceBackend owner,
    Memory weight,
    Memory bias,
    Memory paddingRow,
    int channels,
    int kernel,
    int leftPadding,
    Activation activation)
    implements DepthwiseConv {
  /** The next arguments are its taps and what becomes of their sum. */
  void taps(Kernel launch) {
    launch.integer(kernel).integer(leftPadding).integer(activation.ordinal());
  }
}

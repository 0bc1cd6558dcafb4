package org.qieemo.kernels.device;

import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;

/**
 * A convolution on the device.
 *
 * @param owner the back end that it belongs to
 * @param products kernels for this weight
 * @param weight [outputChannels, kernel, kernel, inputChannels]
 * @param bias [outputChannels]
 */
record DeviceConv2d(
    DeviceBackend owner, Products products, Memory weight, Memory bias, Conv2dGeometry geometry)
    implements Conv2d {
  /** The next arguments are its sizes. */
  void sizes(Kernel kernel) {
    kernel
        .integer(geometry.kernel())
        .integer(geometry.stride())
        .integer(geometry.padding())
        .integer(geometry.inputBins())
        .integer(geometry.inputChannels())
        .integer(geometry.outputBins())
        .integer(geometry.outputChannels());
  }
}

package org.qieemo.kernels.device;

import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;

/**
 * A convolution on the device.
 *
 * @param owner the back end that it belongs to
 * @param program conv2d.cl for the weight's storage type
 * @param weight [outputChannels, kernel, kernel, inputChannels]
 * @param bias [outputChannels]
 */
record DeviceConv2d(
    DeviceBackend owner, Program program, Memory weight, Memory bias, Conv2dGeometry geometry)
    implements Conv2d {}

package org.qieemo.kernels.device;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Norm;

/**
 * A LayerNorm or GroupNorm on the device.
 *
 * @param owner the back end that it belongs to
 * @param gamma [width]
 * @param beta [width]
 */
record DeviceNorm(
    DeviceBackend owner, Memory gamma, Memory beta, int width, float eps, Activation activation)
    implements Norm {}

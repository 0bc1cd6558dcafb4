package org.qieemo.kernels.device;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Linear;

/**
 * A linear layer on the device.
 *
 * @param owner the back end that it belongs to
 * @param products kernels for this weight
 * @param weight [outputs, inputs], behind GLU [2 outputs, inputs]
 * @param bias float32, one for each row of the weight
 */
record DeviceLinear(
    DeviceBackend owner,
    Products products,
    Memory weight,
    Memory bias,
    int inputs,
    int outputs,
    Activation activation)
    implements Linear {
  /** Whether a value's column comes with its gate's. */
  boolean glu() {
    return activation == Activation.GLU;
  }
}

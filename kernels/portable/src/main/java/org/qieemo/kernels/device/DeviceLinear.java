package org.qieemo.kernels.device;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Linear;

/**
 * A linear layer on the device.
 *
 * @param owner the back end that it belongs to
 * @param program linear.cl for the weight's storage type
 * @param weight [outputs, inputs], behind GLU [2 outputs, inputs]
 * @param bias float32, one for each row of the weight
 */
record DeviceLinear(
    DeviceBackend owner,
    Program program,
    Memory weight,
    Memory bias,
    int inputs,
    int outputs,
    Activation activation)
    implements Linear {}

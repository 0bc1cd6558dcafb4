/**
 * A back end for any accelerator that has memory, queues and compiled kernels: {@link
 * org.qieemo.kernels.device.DeviceBackend} maps the ops to the kernels whose text lies beside this
 * package (one file per op, C99 behind {@code portability.h}); {@link
 * org.qieemo.kernels.device.Device} is all that OpenCL and CUDA implement.
 */
package org.qieemo.kernels.device;

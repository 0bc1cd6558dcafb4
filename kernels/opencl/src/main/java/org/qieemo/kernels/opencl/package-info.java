/**
 * OpenCL 1.2 through JOCL: {@link org.qieemo.kernels.opencl.OpenClProvider} finds and opens a
 * device, {@code ClDevice} and its parts are all that {@link
 * org.qieemo.kernels.device.DeviceBackend} needs. Nothing here touches JOCL before a probe.
 */
package org.qieemo.kernels.opencl;

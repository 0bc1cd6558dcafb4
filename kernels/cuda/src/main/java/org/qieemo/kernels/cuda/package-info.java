/**
 * CUDA through JCuda's binding of the driver API, so that the NVIDIA driver alone is needed: {@link
 * org.qieemo.kernels.cuda.CudaProvider} finds and opens a device, {@code CudaDevice} and its parts
 * are all that {@link org.qieemo.kernels.device.DeviceBackend} needs. Kernels come compiled, as PTX
 * and for some devices as machine code. Nothing here touches JCuda before a probe.
 */
package org.qieemo.kernels.cuda;

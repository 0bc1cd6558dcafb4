package org.qieemo.kernels.cuda;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;
import org.qieemo.kernels.device.Limits;

/**
 * What the driver says of a device. Immutable.
 *
 * @param handle of the driver, valid as long as the process
 * @param capability compute capability, 90 for 9.0
 * @param processors multiprocessors
 * @param bytes of device memory
 * @param driver the driver's CUDA version, 12020 for 12.2
 * @param limits of kernels and allocations
 */
record CudaDeviceInfo(
    CUdevice handle,
    String name,
    int capability,
    int processors,
    long bytes,
    int driver,
    Limits limits) {
  /** What the PTX is compiled for. */
  private static final int LEAST_CAPABILITY = 75;

  /** Group memory that a kernel may declare without asking. */
  private static final long STATIC_BYTES = 48 << 10;

  /** All devices in the driver's order. */
  static List<CudaDeviceInfo> all() {
    int[] count = new int[1];
    Cuda.check(JCudaDriver.cuDeviceGetCount(count), "count devices");
    int[] driver = new int[1];
    Cuda.check(JCudaDriver.cuDriverGetVersion(driver), "ask for the version");
    List<CudaDeviceInfo> all = new ArrayList<>();
    for (int i = 0; i < count[0]; i++) {
      all.add(of(i, driver[0]));
    }
    return all;
  }

  private static CudaDeviceInfo of(int ordinal, int driver) {
    CUdevice device = new CUdevice();
    Cuda.check(JCudaDriver.cuDeviceGet(device, ordinal), "find a device");
    byte[] name = new byte[256];
    Cuda.check(JCudaDriver.cuDeviceGetName(name, name.length, device), "ask a device");
    long[] bytes = new long[1];
    Cuda.check(JCudaDriver.cuDeviceTotalMem(bytes, device), "ask a device");
    int major = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    int minor = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    int items = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
    return new CudaDeviceInfo(
        device,
        new String(name, StandardCharsets.UTF_8).split("\0", 2)[0].trim(),
        10 * major + minor,
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        bytes[0],
        driver,
        new Limits(items, STATIC_BYTES, bytes[0]));
  }

  private static int attribute(CUdevice device, int which) {
    int[] value = new int[1];
    Cuda.check(JCudaDriver.cuDeviceGetAttribute(value, which, device), "ask a device");
    return value[0];
  }

  /** Why the device cannot be used, null if it can. */
  String problem() {
    return capability < LEAST_CAPABILITY
        ? "it has compute capability " + capability / 10.0 + ", and 7.5 is needed"
        : null;
  }

  boolean isUsable() {
    return problem() == null;
  }

  /** One line for people. */
  String describe() {
    return "%s (compute capability %d.%d, %d MiB, driver with CUDA %s)"
        .formatted(name, capability / 10, capability % 10, bytes >> 20, Cuda.version(driver));
  }
}

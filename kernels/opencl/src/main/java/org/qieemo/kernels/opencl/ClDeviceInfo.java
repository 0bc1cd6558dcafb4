package org.qieemo.kernels.opencl;

import java.nio.charset.StandardCharsets;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.device.Limits;

/** What OpenCL says of a device. Immutable; the ids live as long as the process. */
record ClDeviceInfo(
    cl_platform_id platform,
    cl_device_id id,
    String platformName,
    String name,
    String version,
    String driver,
    long type,
    Limits limits,
    String problem) {

  static ClDeviceInfo of(cl_platform_id platform, cl_device_id id) {
    Limits limits =
        new Limits(
            (int) Math.min(size(id, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE), 1 << 20),
            number(id, CL.CL_DEVICE_LOCAL_MEM_SIZE),
            number(id, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE));
    return new ClDeviceInfo(
        platform,
        id,
        text(platform, CL.CL_PLATFORM_NAME),
        text(id, CL.CL_DEVICE_NAME),
        text(id, CL.CL_DEVICE_VERSION),
        text(id, CL.CL_DRIVER_VERSION),
        number(id, CL.CL_DEVICE_TYPE),
        limits,
        problem(id));
  }

  /** Why the device cannot be used, null if it can. */
  private static String problem(cl_device_id id) {
    if (!flag(id, CL.CL_DEVICE_AVAILABLE)) {
      return "it is not available";
    }
    if (!flag(id, CL.CL_DEVICE_COMPILER_AVAILABLE)) {
      return "its driver has no compiler";
    }
    if (!flag(id, CL.CL_DEVICE_ENDIAN_LITTLE)) {
      return "it is big-endian";
    }
    String language = text(id, CL.CL_DEVICE_OPENCL_C_VERSION); // "OpenCL C 1.2 and words"
    if (language.matches("OpenCL C 1\\.[01]\\b.*")) {
      return "it has " + language + ", and 1.2 is needed";
    }
    return null;
  }

  boolean isUsable() {
    return problem == null;
  }

  /** Whether it is something else than the processor that Java runs on. */
  boolean isAccelerator() {
    return (type & (CL.CL_DEVICE_TYPE_GPU | CL.CL_DEVICE_TYPE_ACCELERATOR)) != 0;
  }

  /** GPU, CPU or accelerator. */
  String kind() {
    if ((type & CL.CL_DEVICE_TYPE_GPU) != 0) {
      return "GPU";
    }
    return (type & CL.CL_DEVICE_TYPE_CPU) != 0 ? "CPU" : "accelerator";
  }

  /** One line for people. */
  String describe() {
    return name + " (" + kind() + ", " + platformName + ", driver " + driver + ")";
  }

  private static String text(cl_platform_id platform, int parameter) {
    long[] size = new long[1];
    Cl.check(CL.clGetPlatformInfo(platform, parameter, 0, null, size), "ask a platform");
    byte[] bytes = new byte[(int) size[0]];
    int code = CL.clGetPlatformInfo(platform, parameter, bytes.length, Pointer.to(bytes), null);
    Cl.check(code, "ask a platform");
    return clean(bytes);
  }

  private static String text(cl_device_id device, int parameter) {
    long[] size = new long[1];
    Cl.check(CL.clGetDeviceInfo(device, parameter, 0, null, size), "ask a device");
    byte[] bytes = new byte[(int) size[0]];
    int code = CL.clGetDeviceInfo(device, parameter, bytes.length, Pointer.to(bytes), null);
    Cl.check(code, "ask a device");
    return clean(bytes);
  }

  /** Drivers end their texts with zeros and blanks. */
  private static String clean(byte[] bytes) {
    String all = new String(bytes, StandardCharsets.UTF_8);
    return all.replaceAll("[\\p{Cntrl}\\s]+", " ").trim();
  }

  private static long number(cl_device_id device, int parameter) {
    long[] value = new long[1];
    int code = CL.clGetDeviceInfo(device, parameter, Sizeof.cl_ulong, Pointer.to(value), null);
    Cl.check(code, "ask a device");
    return value[0];
  }

  private static long size(cl_device_id device, int parameter) {
    if (Sizeof.size_t != Long.BYTES) {
      throw new BackendException("OpenCL needs a 64-bit Java here: install one");
    }
    return number(device, parameter);
  }

  private static boolean flag(cl_device_id device, int parameter) {
    int[] value = new int[1];
    int code = CL.clGetDeviceInfo(device, parameter, Sizeof.cl_uint, Pointer.to(value), null);
    Cl.check(code, "ask a device");
    return value[0] != 0;
  }
}

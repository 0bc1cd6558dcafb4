package org.qieemo.kernels.opencl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jocl.CL;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;
import org.qieemo.kernels.BackendException;

/** Finds devices and chooses one. Stateless. */
final class ClDevices {
  private static final int NO_PLATFORM = -1001; // CL_PLATFORM_NOT_FOUND_KHR

  private ClDevices() {}

  /**
   * All devices of all platforms, in the order that OpenCL gives them.
   *
   * @throws BackendException if there is no platform
   */
  static List<ClDeviceInfo> all() {
    int[] count = new int[1];
    int code = CL.clGetPlatformIDs(0, null, count);
    if (code == NO_PLATFORM || code == CL.CL_SUCCESS && count[0] == 0) {
      throw new BackendException(
          "OpenCL is installed without any platform: install your device's driver, or on Debian"
              + " pocl-opencl-icd");
    }
    Cl.check(code, "list its platforms");
    cl_platform_id[] platforms = new cl_platform_id[count[0]];
    Cl.check(CL.clGetPlatformIDs(platforms.length, platforms, null), "list its platforms");
    List<ClDeviceInfo> all = new ArrayList<>();
    for (cl_platform_id platform : platforms) {
      for (cl_device_id device : devices(platform)) {
        all.add(ClDeviceInfo.of(platform, device));
      }
    }
    return all;
  }

  private static cl_device_id[] devices(cl_platform_id platform) {
    int[] count = new int[1];
    int code = CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
    if (code == CL.CL_DEVICE_NOT_FOUND) {
      return new cl_device_id[0];
    }
    Cl.check(code, "list a platform's devices");
    cl_device_id[] ids = new cl_device_id[count[0]];
    code = CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, ids.length, ids, null);
    Cl.check(code, "list a platform's devices");
    return ids;
  }

  /**
   * The device that is wanted.
   *
   * @param wanted index in {@link #all()}, part of a name in any case, or empty for the best: a
   *     usable GPU, else another accelerator, else a CPU
   * @throws BackendException if there is none, or it cannot be used
   */
  static ClDeviceInfo choose(List<ClDeviceInfo> all, String wanted) {
    if (wanted.isEmpty()) {
      return all.stream()
          .filter(ClDeviceInfo::isUsable)
          .max(Comparator.comparingInt(d -> -preference(d)))
          .orElseThrow(() -> new BackendException("no usable OpenCL device: " + list(all)));
    }
    ClDeviceInfo found = wanted.matches("[0-9]{1,4}") ? byIndex(all, wanted) : byName(all, wanted);
    if (found == null) {
      throw new BackendException("no OpenCL device '" + wanted + "': there are " + list(all));
    }
    if (!found.isUsable()) {
      throw new BackendException(
          "OpenCL device " + found.describe() + " cannot be used: " + found.problem());
    }
    return found;
  }

  private static int preference(ClDeviceInfo device) {
    return switch (device.kind()) {
      case "GPU" -> 0;
      case "accelerator" -> 1;
      default -> 2;
    };
  }

  private static ClDeviceInfo byIndex(List<ClDeviceInfo> all, String index) {
    int i = Integer.parseInt(index);
    return i < all.size() ? all.get(i) : null;
  }

  private static ClDeviceInfo byName(List<ClDeviceInfo> all, String name) {
    String part = name.toLowerCase(Locale.ROOT);
    return all.stream()
        .filter(d -> d.name().toLowerCase(Locale.ROOT).contains(part))
        .findFirst()
        .orElse(null);
  }

  private static String list(List<ClDeviceInfo> all) {
    if (all.isEmpty()) {
      return "no devices at all";
    }
    return all.stream()
        .map(d -> all.indexOf(d) + ": " + d.name() + (d.isUsable() ? "" : ", " + d.problem()))
        .collect(Collectors.joining("; "));
  }
}

package org.qieemo.kernels.cuda;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.device.Device;
import org.qieemo.kernels.device.DeviceBackend;

/** Finds and opens CUDA devices. Stateless and thread-safe. */
public final class CudaDevices {
  private CudaDevices() {}

  /**
   * Opens a bare device, which belongs to the caller.
   *
   * @param device index in {@code qieemo doctor}, part of the name, or empty: what the system
   *     property names, else the first that can be used
   * @throws BackendException if it cannot run here
   */
  public static Device open(String device) {
    return CudaDevice.open(choose(device));
  }

  /** A back end on the device that the options name. */
  static Backend backend(BackendOptions options) {
    return DeviceBackend.open(open(options.device()), options.precision());
  }

  static CudaDeviceInfo choose(String device) {
    String problem = CudaProvider.problem();
    if (problem != null) {
      throw new BackendException(problem);
    }
    String wanted =
        device.isEmpty() ? System.getProperty(CudaProvider.DEVICE_PROPERTY, "") : device;
    return choose(CudaDeviceInfo.all(), wanted);
  }

  /**
   * The device that is wanted.
   *
   * @param wanted index, part of a name in any case, or empty for the first usable one
   * @throws BackendException if there is none, or it cannot be used
   */
  static CudaDeviceInfo choose(List<CudaDeviceInfo> all, String wanted) {
    if (wanted.isEmpty()) {
      return all.stream()
          .filter(CudaDeviceInfo::isUsable)
          .findFirst()
          .orElseThrow(() -> new BackendException("no usable CUDA device: " + list(all)));
    }
    CudaDeviceInfo found = find(all, wanted);
    if (found == null) {
      throw new BackendException("no CUDA device '" + wanted + "': there are " + list(all));
    }
    if (!found.isUsable()) {
      throw new BackendException(
          "CUDA device " + found.describe() + " cannot be used: " + found.problem());
    }
    return found;
  }

  private static CudaDeviceInfo find(List<CudaDeviceInfo> all, String wanted) {
    if (wanted.matches("[0-9]{1,4}")) {
      int index = Integer.parseInt(wanted);
      return index < all.size() ? all.get(index) : null;
    }
    String part = wanted.toLowerCase(Locale.ROOT);
    return all.stream()
        .filter(d -> d.name().toLowerCase(Locale.ROOT).contains(part))
        .findFirst()
        .orElse(null);
  }

  private static String list(List<CudaDeviceInfo> all) {
    if (all.isEmpty()) {
      return "no devices at all";
    }
    return IntStream.range(0, all.size())
        .mapToObj(i -> i + ": " + all.get(i).name() + suffix(all.get(i)))
        .collect(Collectors.joining("; "));
  }

  private static String suffix(CudaDeviceInfo device) {
    return device.isUsable() ? "" : ", " + device.problem();
  }
}

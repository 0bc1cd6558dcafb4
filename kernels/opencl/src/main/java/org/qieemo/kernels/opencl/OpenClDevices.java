package org.qieemo.kernels.opencl;

import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.device.Device;
import org.qieemo.kernels.device.DeviceBackend;

/** Opens OpenCL devices. Stateless and thread-safe. */
public final class OpenClDevices {
  private OpenClDevices() {}

  /**
   * Opens a bare device, which belongs to the caller.
   *
   * @param device index in {@code qieemo doctor}, part of the name, or empty: what the system
   *     property names, else the best
   * @throws BackendException if it cannot run here
   */
  public static Device open(String device) {
    return ClDevice.open(choose(device));
  }

  /** A back end on the device that the options name. */
  static Backend backend(BackendOptions options) {
    return DeviceBackend.open(open(options.device()), options.precision());
  }

  static ClDeviceInfo choose(String device) {
    String problem = OpenClProvider.problem();
    if (problem != null) {
      throw new BackendException(problem);
    }
    String wanted =
        device.isEmpty() ? System.getProperty(OpenClProvider.DEVICE_PROPERTY, "") : device;
    return ClDevices.choose(ClDevices.all(), wanted);
  }
}

package org.qieemo.kernels.cuda;

import org.qieemo.kernels.BackendException;

/**
 * System properties that turn on what only compute capability 9.0 has, and is off otherwise as long
 * as no such device has shown that it is right and faster. Stateless.
 */
final class HopperOption {
  private static final int CAPABILITY = 90;

  private HopperOption() {}

  /** Whether a device can have it on. */
  static boolean fits(CudaDeviceInfo device) {
    return device.capability() == CAPABILITY;
  }

  /**
   * Whether it is asked for.
   *
   * @throws BackendException if it is, and the device has none of it
   */
  static boolean isOn(String property, CudaDeviceInfo device) {
    String value = System.getProperty(property, "off");
    if (!value.equals("on") && !value.equals("off")) {
      throw new BackendException("-D" + property + "=" + value + " is neither on nor off");
    }
    if (value.equals("on") && !fits(device)) {
      throw new BackendException(
          "-D" + property + "=on needs compute capability 9.0: leave it away on " + device.name());
    }
    return value.equals("on");
  }
}

package org.qieemo.kernels.device;

import org.qieemo.kernels.DeviceLostException;

/**
 * Whether a device still works. After a fault such as an illegal address, drivers answer every call
 * with some error or other; who asks first is told the true one, all others that the device was
 * lost. Thread-safe.
 */
public final class DeviceHealth {
  private final String device;
  private volatile boolean lost;

  /**
   * A device that works.
   *
   * @param device what it is called in messages
   */
  public DeviceHealth(String device) {
    this.device = device;
  }

  /** Marks the device as lost for good; gives the exception to throw. */
  public DeviceLostException lose(String why) {
    lost = true;
    return new DeviceLostException(device + " was lost, " + why + remedy());
  }

  /** Whether the device is lost. */
  public boolean isLost() {
    return lost;
  }

  /**
   * Fails at once on a device that is lost.
   *
   * @throws DeviceLostException then
   */
  public void require() {
    if (lost) {
      throw new DeviceLostException(device + " was lost in an earlier call" + remedy());
    }
  }

  private static String remedy() {
    return ": load the model again, or use --backend cpu";
  }
}

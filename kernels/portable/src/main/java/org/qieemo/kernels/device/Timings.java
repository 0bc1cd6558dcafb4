package org.qieemo.kernels.device;

/** Hears how long each launch took on the device. */
public interface Timings {
  /**
   * One launch has run.
   *
   * @param kernel name of the kernel
   * @param nanos time on the device, without waiting in the queue
   */
  void launched(String kernel, long nanos);
}

package org.qieemo.cuda;

import jcuda.driver.JCudaDriver;

/** What the emulated driver counts and can be made to do: limits that no real driver has. */
final class Control {
  private Control() {}

  private static long ask(int limit) {
    long[] value = new long[1];
    if (JCudaDriver.cuCtxGetLimit(value, limit) != 0) {
      throw new IllegalStateException("this is no emulated driver");
    }
    return value[0];
  }

  private static void tell(int limit, int value) {
    if (JCudaDriver.cuCtxSetLimit(limit, value) != 0) {
      throw new IllegalStateException("this is no emulated driver");
    }
  }

  /** Objects made and not freed. */
  static long objects() {
    return ask(1000);
  }

  /** Bytes of device memory reserved and not freed. */
  static long bytes() {
    return ask(1001);
  }

  /** Kernels given to the driver one by one, while recording too. */
  static long launches() {
    return ask(1002);
  }

  static long graphLaunches() {
    return ask(1003);
  }

  /** Bytes copied from the host to the device so far. */
  static long copiedBytes() {
    return ask(1004);
  }

  /** The next launch gives this code; from 700 on the device is lost. */
  static void failLaunch(int code) {
    tell(1000, code);
  }

  /** The end of the next recording gives this code. */
  static void failCapture(int code) {
    tell(1001, code);
  }

  /** The device has this compute capability from now on, 90 for 9.0; at first it has 8.0. */
  static void capability(int capability) {
    tell(1003, capability);
  }

  /** The device has so many multiprocessors from now on; at first it has 4. */
  static void processors(int count) {
    tell(1004, count);
  }

  /** The lost device works again. */
  static void heal() {
    tell(1002, 0);
  }
}

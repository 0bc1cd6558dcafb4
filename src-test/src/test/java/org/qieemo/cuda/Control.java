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

  /** Cubins that the driver was given so far. */
  static long cubinsTried() {
    return ask(1005);
  }

  /** Those of them that it took. */
  static long cubinsLoaded() {
    return ask(1006);
  }

  /** The compute capability that the last one was made for. */
  static long lastCubin() {
    return ask(1007);
  }

  /** PTX texts that the driver took so far. */
  static long ptxLoaded() {
    return ask(1008);
  }

  /** The driver refuses every cubin with this code, none if it is 0. */
  static void refuseCubins(int code) {
    tell(1004, code);
  }

  /** The driver refuses all PTX with this code, none if it is 0. */
  static void refusePtx(int code) {
    tell(1005, code);
  }

  /** The driver says that it has this version of CUDA, 12020 for 12.2, as it does at first. */
  static void version(int version) {
    tell(1006, version);
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
    tell(1007, count);
  }

  /** The lost device works again. */
  static void heal() {
    tell(1002, 0);
  }
}

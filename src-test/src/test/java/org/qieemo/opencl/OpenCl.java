package org.qieemo.opencl;

import org.junit.jupiter.api.Assumptions;
import org.qieemo.cuda.CudaUnderTest;
import org.qieemo.kernels.BackendProvider;
import org.qieemo.kernels.device.Device;
import org.qieemo.kernels.opencl.OpenClDevices;
import org.qieemo.kernels.opencl.OpenClProvider;

/** The OpenCL device of the tests. */
public final class OpenCl {
  /** Name of the back end. */
  public static final String NAME = "opencl";

  private OpenCl() {}

  /**
   * Whether this is the process of the OpenCL tests: a driver that brings a compiler and threads of
   * its own stays out of the other tests' process.
   */
  public static boolean isTested() {
    return Boolean.getBoolean("qieemo.test.opencl");
  }

  /** Whether there is a usable device; prints a line where there is none. */
  public static boolean isThere() {
    BackendProvider.Availability found = new OpenClProvider().probe();
    if (!found.usable()) {
      System.out.println("skipped: needs an OpenCL device; " + found.reason());
    }
    return found.usable();
  }

  /** Skips the test, with a line, where there is no usable device. */
  public static void orSkip() {
    Assumptions.assumeTrue(isThere(), "needs an OpenCL device");
  }

  /**
   * Opens the best device, in the process of the CUDA tests theirs; the test is skipped where there
   * is none.
   */
  static Device deviceOrSkip() {
    if (CudaUnderTest.isTested()) {
      return CudaUnderTest.deviceOrSkip();
    }
    orSkip();
    return OpenClDevices.open("");
  }
}

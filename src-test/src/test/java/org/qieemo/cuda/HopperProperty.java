package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Assumptions;
import org.qieemo.kernels.cuda.CudaProvider;

/** A system property that turns on kernels of compute capability 9.0, for the time of a test. */
record HopperProperty(String name, String kernels) {
  /** Turns it on, on an emulated device of that capability; skips where the device has another. */
  void turnOn() {
    if (!CudaUnderTest.isReal()) {
      Control.capability(90);
    }
    String said = String.join("\n", new CudaProvider().details());
    boolean there = said.contains(kernels + ": only with -D" + name + "=on");
    assertTrue(there || CudaUnderTest.isReal(), said);
    Assumptions.assumeTrue(there, "needs compute capability 9.0: " + said);
    System.setProperty(name, "on");
  }

  void turnOff() {
    System.clearProperty(name);
    if (CudaUnderTest.isTested() && !CudaUnderTest.isReal()) {
      Control.capability(80);
    }
  }
}

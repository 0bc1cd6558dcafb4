package org.qieemo.kernels.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.DeviceLostException;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Tensor;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.opencl.OpenCl;

/** What the driver itself says of objects that are left, and of what it refuses. */
class ContextTest {
  /** Every buffer, queue, kernel and program holds its context. */
  @Test
  void closingLeavesNoObjectThatHoldsTheContext() throws InterruptedException {
    OpenCl.orSkip();
    ClDevice device = (ClDevice) OpenClDevices.open("");
    cl_context context = device.context();
    CL.clRetainContext(context);
    int[] open = new int[1];
    try (Backend backend = DeviceBackend.open(device);
        Execution e = backend.newExecution()) {
      HostTensor weight = HostTensor.of("w", new int[] {2, 2}, 1, 2, 3, 4);
      Tensor x = e.take(1, 2);
      Tensor y = e.take(1, 2);
      e.write(new float[] {1, 1}, 0, x);
      e.linear(x, backend.linear(weight, null, Activation.NONE), y);
      float[] found = new float[2];
      e.read(y, found, 0);
      assertEquals(3f, found[0]);
      assertEquals(7f, found[1]);
      open[0] = references(context);
    }
    assertTrue(open[0] > 2, "the count does not count: " + open[0]);
    assertOnlyOurReferenceIsLeft(context);
    CL.clReleaseContext(context);
  }

  @Test
  void aLostDeviceFailsFastAndStillLeavesNothing() throws InterruptedException {
    OpenCl.orSkip();
    ClDevice device = (ClDevice) OpenClDevices.open("");
    cl_context context = device.context();
    CL.clRetainContext(context);
    try (Backend backend = DeviceBackend.open(device);
        Execution e = backend.newExecution()) {
      Tensor x = e.take(1, 2);
      e.write(new float[] {1, 1}, 0, x);
      BackendException first =
          assertThrows(
              DeviceLostException.class,
              () -> device.checkCommand(CL.CL_OUT_OF_RESOURCES, "run the kernel linear"));
      assertTrue(
          first.getMessage().contains("was lost, CL_OUT_OF_RESOURCES to run the kernel linear"),
          first.getMessage());
      float[] values = new float[2];
      for (Executable later :
          List.<Executable>of(
              () -> e.read(x, values, 0),
              () -> e.write(values, 0, x),
              () -> e.softmax(x, x),
              () -> e.take(1000, 1000),
              backend::newExecution)) {
        String message = assertThrows(DeviceLostException.class, later).getMessage();
        assertTrue(message.contains("was lost in an earlier call"), message);
        assertEquals(1, message.lines().count());
      }
    }
    assertOnlyOurReferenceIsLeft(context);
    CL.clReleaseContext(context);
  }

  @Test
  void whatSaysThatADeviceIsLost() {
    OpenCl.orSkip();
    for (int code : new int[] {CL.CL_DEVICE_NOT_AVAILABLE, CL.CL_INVALID_COMMAND_QUEUE, -9999}) {
      try (ClDevice device = (ClDevice) OpenClDevices.open("")) {
        assertThrows(DeviceLostException.class, () -> device.check(code, "try"));
        assertTrue(device.health().isLost());
      }
    }
    try (ClDevice device = (ClDevice) OpenClDevices.open("")) {
      int[] memory = {CL.CL_OUT_OF_RESOURCES, CL.CL_MEM_OBJECT_ALLOCATION_FAILURE};
      for (int code : memory) { // of an allocation: there may be more later
        String message =
            assertThrows(BackendException.class, () -> device.check(code, "try")).getMessage();
        assertTrue(message.contains("out of memory"), message);
      }
      assertFalse(device.health().isLost());
      device.allocate(64).close();
    }
  }

  /**
   * A driver's thread may let go of the last command some milliseconds behind its end (PoCL does,
   * on a busy machine); what is left after ten seconds is left for good.
   */
  private static void assertOnlyOurReferenceIsLeft(cl_context context) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (references(context) > 1 && System.nanoTime() < end) {
      Thread.sleep(1);
    }
    assertEquals(1, references(context));
  }

  private static int references(cl_context context) {
    int[] count = new int[1];
    Cl.check(
        CL.clGetContextInfo(
            context, CL.CL_CONTEXT_REFERENCE_COUNT, Sizeof.cl_uint, Pointer.to(count), null),
        "count references");
    return count[0];
  }

  @Test
  void whatTheCompilerRefusesIsOneLine() {
    OpenCl.orSkip();
    try (ClDevice device = (ClDevice) OpenClDevices.open("")) {
      KernelText broken = new KernelText("broken", "__kernel void f() { this is no C; }");
      String message =
          assertThrows(BackendException.class, () -> device.build(broken)).getMessage();
      assertTrue(message.contains("refuses the kernels of broken"), message);
      assertEquals(1, message.lines().count(), message);
    }
  }

  @Test
  void moreThanADevicePermitsIsRefusedBeforeItIsTried() {
    OpenCl.orSkip();
    try (ClDevice device = (ClDevice) OpenClDevices.open("")) {
      long tooMuch = device.limits().allocationBytes() + 1;
      String message =
          assertThrows(BackendException.class, () -> device.allocate(tooMuch)).getMessage();
      assertTrue(message.contains("--backend cpu"), message);
    }
  }
}

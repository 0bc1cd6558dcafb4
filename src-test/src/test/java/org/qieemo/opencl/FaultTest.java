package org.qieemo.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qieemo.cuda.CudaUnderTest;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.DeviceLostException;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.kernels.device.Limits;
import org.qieemo.model.Qieemo;
import org.qieemo.opencl.CountingDevice.Fault;

/**
 * Whatever fails, and whenever: one clear exception, nothing left on the device, and it goes on.
 */
class FaultTest {
  @TempDir static Path folder;
  private static SharedDevice shared;
  private static GoldenModel model;
  private static float[] expected;

  @BeforeAll
  static void load() throws IOException {
    shared = new SharedDevice(OpenCl.deviceOrSkip());
    model = GoldenModel.load(folder);
    try (Backend backend = DeviceBackend.open(new CountingDevice(shared))) {
      expected = model.hear(backend);
    }
  }

  @AfterAll
  static void free() {
    if (shared != null) {
      shared.free();
    }
  }

  /** From opening to the result. */
  private static float[] wholeRun(CountingDevice device) {
    try (Backend backend = DeviceBackend.open(device)) {
      return model.hear(backend);
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void theNthFailureLeavesNothing(Fault fault) {
    CountingDevice sound = new CountingDevice(shared);
    wholeRun(sound);
    assertEquals(0, sound.live(), "without a fault");
    int total = sound.made(fault);
    assertTrue(total >= 2, fault + ": " + total);
    for (int n = 1; n <= total; n++) {
      CountingDevice device = new CountingDevice(shared);
      device.failAt(fault, n);
      String what = fault + " " + n + " of " + total;
      BackendException e = assertThrows(BackendException.class, () -> wholeRun(device), what);
      assertEquals("injected: " + fault + " " + n, e.getMessage());
      assertEquals(0, device.live(), what);
      assertTrue(device.isClosed(), what);
    }
  }

  @Test
  void aForwardThatRanOutOfMemoryCanBeRepeated() {
    CountingDevice device = new CountingDevice(shared);
    try (Backend backend = DeviceBackend.open(device)) {
      Qieemo prepared = new Qieemo(backend, model.file());
      model.hear(backend, prepared); // the first computes what a model keeps
      int before = device.made(Fault.ALLOCATION);
      int idle = device.live();
      model.hear(backend, prepared);
      int needed = device.made(Fault.ALLOCATION) - before;
      for (int n = 1; n <= needed; n++) {
        device.failAt(Fault.ALLOCATION, n);
        String what = "allocation " + n + " of " + needed;
        assertThrows(BackendException.class, () -> model.hear(backend, prepared), what);
        assertEquals(idle, device.live(), what);
      }
      assertArrayEquals(expected, model.hear(backend, prepared));
    }
    assertEquals(0, device.live());
  }

  @Test
  void aLostDeviceFailsFastAndClosesWithoutALeak() {
    CountingDevice device = new CountingDevice(shared);
    Backend backend = DeviceBackend.open(device);
    Qieemo prepared = new Qieemo(backend, model.file());
    device.loseAt(Fault.COMMAND, 20);
    assertThrows(DeviceLostException.class, () -> model.hear(backend, prepared));
    int commands = device.made(Fault.COMMAND);
    BackendException e =
        assertThrows(DeviceLostException.class, () -> model.hear(backend, prepared));
    assertTrue(e.getMessage().contains("lost in an earlier call"), e.getMessage());
    assertThrows(DeviceLostException.class, () -> new Qieemo(backend, model.file()));
    assertEquals(commands, device.made(Fault.COMMAND), "it was asked again");
    backend.close();
    assertEquals(0, device.live());
    assertTrue(device.isClosed());
  }

  @Test
  void smallWorkGroupsGiveTheSame() {
    Assumptions.assumeFalse(CudaUnderTest.isTested(), "CUDA's kernels are compiled for one size");
    Limits own = shared.limits();
    for (int items : new int[] {16, 100, 128}) {
      Limits small = new Limits(items, 16 << 10, own.allocationBytes());
      CountingDevice device = new CountingDevice(shared, small);
      float[] found = wholeRun(device);
      for (int i = 0; i < found.length; i++) {
        assertEquals(expected[i], found[i], 1e-5f, "groups of " + items);
      }
    }
  }

  @Test
  void aDeviceThatIsTooSmallIsRefused() {
    CountingDevice device = new CountingDevice(shared, new Limits(8, 16 << 10, 1 << 20));
    BackendException e = assertThrows(BackendException.class, () -> wholeRun(device));
    assertTrue(e.getMessage().contains("work-groups of 8"), e.getMessage());
    assertEquals(0, device.live());
  }

  @Test
  void closingClosesTheExecutionsThatAreLeft() {
    CountingDevice device = new CountingDevice(shared);
    Backend backend = DeviceBackend.open(device);
    var execution = backend.newExecution();
    execution.take(3, 4);
    backend.close();
    backend.close();
    assertEquals(0, device.live());
    assertThrows(IllegalStateException.class, () -> execution.take(1, 1));
    assertThrows(IllegalStateException.class, backend::newExecution);
    execution.close();
  }
}

package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.DeviceLostException;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Tensor;
import org.qieemo.kernels.device.DeviceBackend;

/** Launches that come again, and failures of the driver, on the emulated driver that can tell. */
class GraphTest {
  private static final int LAUNCHES = 6;

  @BeforeEach
  void onlyEmulated() {
    CudaUnderTest.orSkip();
    Assumptions.assumeFalse(CudaUnderTest.isReal(), "needs the emulated driver");
  }

  /** A product, then additions of it to itself. */
  private static float[] run(Backend backend, Execution e, Linear layer, float x) {
    int mark = e.mark();
    Tensor in = e.take(1, 2);
    Tensor out = e.take(1, 2);
    e.write(new float[] {x, 1}, 0, in);
    e.linear(in, layer, out);
    for (int i = 1; i < LAUNCHES; i++) {
      e.scaledSum(1, out, 1, out, out);
    }
    float[] found = new float[2];
    e.read(out, found, 0);
    e.release(mark);
    return found;
  }

  private static Linear layer(Backend backend) {
    return backend.linear(HostTensor.of("w", new int[] {2, 2}, 1, 2, 3, 4), null, Activation.NONE);
  }

  private static float[] expected(float x) {
    return new float[] {32 * (x + 2), 32 * (3 * x + 4)};
  }

  @Test
  void theThirdTimeIsOneLaunch() {
    try (Backend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip());
        Execution e = backend.newExecution()) {
      Linear layer = layer(backend);
      long graphs = Control.graphLaunches();
      for (int i = 0; i < 5; i++) {
        assertArrayEquals(expected(i), run(backend, e, layer, i), "run " + i);
      }
      assertEquals(graphs + 4, Control.graphLaunches());
    }
  }

  @Test
  void anotherShapeIsAnotherGraphAndBothAreKept() {
    try (Backend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip());
        Execution e = backend.newExecution()) {
      Linear layer = layer(backend);
      for (int i = 0; i < 3; i++) {
        run(backend, e, layer, i);
        int mark = e.mark();
        e.take(1, 1); // moves the tensors behind it to other memory
        assertArrayEquals(expected(i), run(backend, e, layer, i));
        e.release(mark);
      }
      long graphs = Control.graphLaunches();
      long launches = Control.launches();
      run(backend, e, layer, 7);
      assertEquals(graphs + 1, Control.graphLaunches());
      assertEquals(launches, Control.launches());
    }
  }

  @Test
  void everyLaunchIsMeasuredAndNothingIsLeft() {
    long before = Control.objects();
    List<String> measured = new ArrayList<>();
    try (DeviceBackend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip());
        Execution e = backend.newExecution((kernel, nanos) -> measured.add(kernel + nanos))) {
      assertArrayEquals(expected(3), run(backend, e, layer(backend), 3));
    }
    List<String> expected = new ArrayList<>(Collections.nCopies(LAUNCHES - 1, "scaled_sum1000000"));
    expected.add(0, "linear1000000"); // the emulated events are a millisecond apart
    assertEquals(expected, measured);
    assertEquals(before, Control.objects());
  }

  @Test
  void nothingIsLeft() {
    long before = Control.objects();
    long bytes = Control.bytes();
    try (Backend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip());
        Execution e = backend.newExecution()) {
      Linear layer = layer(backend);
      for (int i = 0; i < 3; i++) {
        run(backend, e, layer, i);
      }
      assertTrue(Control.objects() > before);
      Tensor unread = e.take(1, 2); // launches that nobody waits for
      e.scaledSum(1, unread, 1, unread, unread);
    }
    assertEquals(before, Control.objects());
    assertEquals(bytes, Control.bytes());
  }

  @Test
  void outOfMemoryIsToldAndForgotten() {
    try (Backend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip());
        Execution e = backend.newExecution()) {
      Linear layer = layer(backend);
      BackendException failure = assertThrows(BackendException.class, () -> e.take(30_000, 30_000));
      assertTrue(failure.getMessage().contains("out of memory"), failure.getMessage());
      assertArrayEquals(expected(3), run(backend, e, layer, 3));
    }
  }

  @Test
  void aLaunchThatIsRefusedIsToldAndForgotten() {
    try (Backend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip());
        Execution e = backend.newExecution()) {
      Linear layer = layer(backend);
      Control.failLaunch(CUresult.CUDA_ERROR_INVALID_VALUE);
      BackendException failure =
          assertThrows(BackendException.class, () -> run(backend, e, layer, 3));
      assertTrue(failure.getMessage().contains("CUDA_ERROR_INVALID_VALUE"), failure.getMessage());
      assertArrayEquals(expected(3), run(backend, e, layer, 3));
    }
  }

  @Test
  void aGraphThatCannotBeRecordedIsToldAndForgotten() {
    try (Backend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip());
        Execution e = backend.newExecution()) {
      Linear layer = layer(backend);
      run(backend, e, layer, 3);
      Control.failCapture(CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED);
      assertThrows(BackendException.class, () -> run(backend, e, layer, 3));
      assertArrayEquals(expected(3), run(backend, e, layer, 3));
    }
  }

  @Test
  void aLostDeviceFailsAtOnceAndStillCloses() {
    try (Backend backend = DeviceBackend.open(CudaUnderTest.deviceOrSkip())) {
      Linear layer = layer(backend);
      Execution e = backend.newExecution();
      Control.failLaunch(CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
      for (int i = 0; i < 2; i++) {
        DeviceLostException failure =
            assertThrows(DeviceLostException.class, () -> run(backend, e, layer, 3));
        assertTrue(failure.getMessage().contains("ILLEGAL_ADDRESS"), failure.getMessage());
        assertTrue(failure.getMessage().contains("restart the program"), failure.getMessage());
      }
      assertThrows(DeviceLostException.class, backend::newExecution);
      e.close();
    } finally {
      Control.heal();
    }
  }
}

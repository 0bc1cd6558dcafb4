package org.qieemo.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.model.Qieemo;

/** One model on one device, several callers at once: the same bits as alone. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ConcurrencyTest {
  @TempDir Path folder;

  @Test
  void manyThreadsHearTheSameAsOne() throws Exception {
    CountingDevice device = new CountingDevice(OpenCl.deviceOrSkip());
    GoldenModel golden = GoldenModel.load(folder);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Backend backend = DeviceBackend.open(device)) {
      Qieemo model = new Qieemo(backend, golden.file());
      float[] alone = golden.hear(backend, model);
      List<Future<float[]>> calls = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        calls.add(threads.submit(() -> golden.hear(backend, model)));
      }
      for (Future<float[]> call : calls) {
        assertArrayEquals(alone, call.get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertEquals(0, device.live());
  }
}

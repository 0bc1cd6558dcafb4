package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.BackendProvider;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.cuda.CudaProvider;

/** How the back end is found, and what it says of the device. */
class ProviderTest {
  @Test
  void isTheFirstThatAutoTakes() {
    CudaUnderTest.orSkip();
    List<String> names = Backends.providers().stream().map(BackendProvider::name).toList();
    assertEquals(List.of("cuda", "opencl", "cpu"), names);
    try (var backend = Backends.open("auto", BackendOptions.DEFAULT)) {
      assertEquals("cuda", backend.name());
      assertTrue(backend.description().startsWith("CUDA, "), backend.description());
    }
  }

  @Test
  void tellsTheDevices() {
    CudaUnderTest.orSkip();
    List<String> lines = new CudaProvider().details();
    assertTrue(lines.get(0).startsWith("device 0: "), lines.toString());
    assertTrue(lines.get(0).endsWith(", usable"), lines.toString());
  }
}

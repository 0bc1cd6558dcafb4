package org.qieemo.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.qieemo.kernels.BackendProvider;
import org.qieemo.kernels.cuda.CudaDevices;
import org.qieemo.kernels.cuda.CudaProvider;
import org.qieemo.kernels.device.Device;

/**
 * The CUDA device of the tests. The system property {@code qieemo.test.cuda} says which: {@code
 * device} is a real GPU, {@code emulated} is {@link Emulation}; unset, this is not the process of
 * the CUDA tests, and no driver enters it.
 */
public final class CudaUnderTest {
  /** Name of the back end. */
  public static final String NAME = "cuda";

  private static final String WHICH = System.getProperty("qieemo.test.cuda", "");
  private static final String PROBLEM = prepare();

  private CudaUnderTest() {}

  /** Whether this is the process of the CUDA tests. */
  public static boolean isTested() {
    return !WHICH.isEmpty();
  }

  /** Whether kernels run on a GPU. */
  static boolean isReal() {
    return WHICH.equals("device");
  }

  private static String prepare() {
    if (!isTested()) {
      return "not asked for";
    }
    if (!isReal()) {
      if (!Emulation.isPossible()) {
        return "the emulated driver needs Linux on x86-64 and g++";
      }
      try {
        Path folder = Emulation.build();
        // JCuda's library wants a libcuda.so.1, and the loader takes the one that is there
        System.load(folder.resolve("libcuda.so.1").toString());
        // before anything asks whether it is there, as the answer is kept
        System.load(folder.resolve("cublas/libcublas.so.12").toString());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    BackendProvider.Availability found = new CudaProvider().probe();
    return found.usable() ? null : found.reason();
  }

  /** Whether there is a device, real or emulated; prints a line where there is none. */
  public static boolean isThere() {
    if (PROBLEM != null) {
      System.out.println("skipped: needs a CUDA device; " + PROBLEM);
    }
    return PROBLEM == null;
  }

  /** Skips the test, with a line, where there is no device. */
  public static void orSkip() {
    Assumptions.assumeTrue(isThere(), "needs a CUDA device");
  }

  /** Opens the device; the test is skipped where there is none. */
  public static Device deviceOrSkip() {
    orSkip();
    return CudaDevices.open("");
  }
}

package org.qieemo.kernels.cuda;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.device.KernelText;

/**
 * The machine code in the jar that a device runs, so that its driver need not assemble the PTX: at
 * each start where nothing keeps what a driver has compiled, as in a container. One ELF file per
 * kernel text and compute capability, with the first line of its PTX behind the end, where no
 * driver reads. {@code kernels/cuda/compile-kernels} makes them, with JCuda's assembler, for
 * drivers of CUDA 12 and newer; what nvcc 13 writes is for those of CUDA 13. Immutable.
 */
final class Cubins {
  /** System property: {@code off} has the driver assemble the PTX. */
  static final String PROPERTY = "qieemo.cuda.cubins";

  /** What there are cubins for; each runs on later ones of the same major number too. */
  static final List<Integer> CAPABILITIES = List.of(80, 90);

  /** The assembler is of CUDA 12.0; older drivers are promised to load older cubins alone. */
  private static final int LEAST_DRIVER = 12_000;

  private static final int NONE = 0;

  private final int capability;

  private Cubins(int capability) {
    this.capability = capability;
  }

  /**
   * Those for a device.
   *
   * @throws BackendException if the property makes no sense
   */
  static Cubins of(CudaDeviceInfo device) {
    String value = System.getProperty(PROPERTY, "on");
    if (!value.equals("on") && !value.equals("off")) {
      throw new BackendException("-D" + PROPERTY + "=" + value + " is neither on nor off");
    }
    boolean used = value.equals("on") && device.driver() >= LEAST_DRIVER;
    return new Cubins(used ? fitting(device.capability()) : NONE);
  }

  private static int fitting(int capability) {
    return CAPABILITIES.stream()
        .filter(of -> of / 10 == capability / 10 && of % 10 <= capability % 10)
        .max(Integer::compare)
        .orElse(NONE);
  }

  /** The cubin of a text; null if none fits, or the one in the jar is of another text. */
  byte[] find(KernelText text) {
    byte[] cubin = capability == NONE ? null : Ptx.read(fileName(text, capability));
    if (cubin == null) {
      return null;
    }
    byte[] end = end(text);
    int from = cubin.length - end.length;
    boolean same = from > 0 && Arrays.equals(cubin, from, cubin.length, end, 0, end.length);
    return same ? cubin : null;
  }

  /** One line for people: what a device would get. */
  static String describe(CudaDeviceInfo device) {
    try {
      return of(device).describe();
    } catch (BackendException e) {
      return e.getMessage();
    }
  }

  private String describe() {
    return capability == NONE
        ? "its kernels: PTX, which the driver compiles when it first gets them"
        : "its kernels: compiled for compute capability %d.%d, or PTX where the driver refuses them"
            .formatted(capability / 10, capability % 10);
  }

  /**
   * Whether there are any of a text. Not of those that run for comparison alone, and not of {@link
   * WarpgroupProducts}: this assembler has their products wait for each other.
   */
  static boolean areMadeOf(KernelText text, String target) {
    return !target.equals(WarpgroupProducts.TARGET) && !CublasOption.isOf(text);
  }

  /** Where the cubin of a text lies, relative to this class. */
  static String fileName(KernelText text, int capability) {
    return Ptx.fileName(text).replaceFirst("ptx$", gpu(capability) + ".cubin");
  }

  /** The assembler's name of what a cubin is for. */
  static String gpu(int capability) {
    return "sm_" + capability;
  }

  /** What stands behind the machine code of a text. */
  static byte[] end(KernelText text) {
    return ("\n" + Ptx.header(text) + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}

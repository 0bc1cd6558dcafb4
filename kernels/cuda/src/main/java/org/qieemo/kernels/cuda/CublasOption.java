package org.qieemo.kernels.cuda;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.ProductKernels;

/**
 * Whether cuBLAS multiplies in float16 and bfloat16, and the kernels around its products. Its
 * results may depend on the batch in the last bits, as it chooses its kernels by their size, and
 * its calls are no part of a graph. Stateless; loads no class of JCublas.
 */
final class CublasOption {
  /** System property: {@code cublas} for NVIDIA's matrix products in place of this project's. */
  static final String PROPERTY = "qieemo.cuda.gemm";

  static final String NO_JCUBLAS =
      "JCublas is not on the class path: add jcublas-12.6.0.jar and jcublas-natives-12.6.0";

  static final String NO_LIBRARY =
      "no libcublas.so.12 (CUDA 12.x; that of CUDA 11 or 13 does not do): add its folder to"
          + " LD_LIBRARY_PATH";

  /** Before the name of the type. */
  private static final String NAME = "cublas ";

  private static final int ITEMS = 256;

  private CublasOption() {}

  /** Whether it is asked for. */
  static boolean isOn() {
    String value = System.getProperty(PROPERTY, "own");
    if (!value.equals("own") && !value.equals("cublas")) {
      throw new BackendException("-D" + PROPERTY + "=" + value + " is neither own nor cublas");
    }
    return value.equals("cublas");
  }

  /** Why it cannot be used, null if it can. */
  static String problem() {
    try {
      return Cublas.problem();
    } catch (LinkageError e) { // the class that would say why needs JCublas itself
      return NO_JCUBLAS;
    }
  }

  /**
   * The kernels around its products.
   *
   * @throws BackendException if it cannot be used
   */
  static List<ProductKernels> products(DType factors) {
    String problem = problem();
    if (problem != null) {
      throw new BackendException("no cuBLAS, " + problem + ", or leave -D" + PROPERTY + " away");
    }
    // one tile of any size, of which GLU takes half the columns: the library chooses its own
    return List.of(new ProductKernels(text(factors), 1, 2, ITEMS, 0, false));
  }

  /** The text of the kernels around a product. */
  static KernelText text(DType factors) {
    Map<String, String> definitions = new TreeMap<>();
    definitions.put("FACTOR_" + factors.name(), "");
    definitions.put("ITEMS", String.valueOf(ITEMS));
    return KernelText.ofBody(
        NAME + factors.name().toLowerCase(Locale.ROOT),
        definitions,
        TensorCores.resource("tensor_core.h") + TensorCores.resource("cublas.cu"));
  }

  /** Whether a text is of {@link #text}. */
  static boolean isOf(KernelText text) {
    return text.name().startsWith(NAME);
  }

  /** Products between the kernels of a text. */
  static CublasProgram program(KernelText text, CudaProgram around) {
    return new CublasProgram(around, text.name().equals(text(DType.BF16).name()));
  }

  /** One line for people: whether it can be used. */
  static String describe() {
    String problem = problem();
    return problem == null
        ? "cuBLAS: usable with -D" + PROPERTY + "=cublas, for comparison"
        : "cuBLAS, which nothing needs: not usable, " + problem;
  }

  /** How many groups have an item for each of so many elements. */
  static int groups(int elements) {
    return (int) ((elements + ITEMS - 1L) / ITEMS);
  }

  static int items() {
    return ITEMS;
  }
}

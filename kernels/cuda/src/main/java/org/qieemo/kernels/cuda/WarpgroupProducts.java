package org.qieemo.kernels.cuda;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.ProductKernels;

/**
 * The text of product_wgmma.cu, for large products on compute capability 9.0, and whether it is
 * used. It is not unless a property asks for it, as long as no such device has shown that it is
 * right and faster there; the bits of its results may differ from those of the other tiles, so that
 * a result may depend on its batch in the last ones. Stateless.
 */
final class WarpgroupProducts {
  /** System property: {@code on} for these products where they are large enough. */
  static final String PROPERTY = "qieemo.cuda.wgmma";

  /** What it is compiled for: no other device has these instructions, newer ones neither. */
  static final String TARGET = "sm_90a";

  /** Of product_wgmma.cu. */
  private static final int ROWS = 128;

  private static final int COLS = 256;
  private static final int DEPTH = 64;
  private static final int ITEMS = 256;

  /** Group memory: three tiles of x in float32, four of the weight in 16 bits, their alignment. */
  private static final int BYTES = DEPTH * (3 * ROWS * Float.BYTES + 4 * COLS * Short.BYTES) + 1024;

  private WarpgroupProducts() {}

  /** Whether a device has them. */
  static boolean fit(CudaDeviceInfo device) {
    return HopperOption.fits(device);
  }

  /**
   * Whether they are asked for.
   *
   * @throws BackendException if they are, and the device has none
   */
  static boolean areOn(CudaDeviceInfo device) {
    return HopperOption.isOn(PROPERTY, device);
  }

  /** One line for people, of a device that has them. */
  static String describe() {
    return "products of whole warpgroups: only with -D" + PROPERTY + "=on, for comparison";
  }

  /** In front of smaller tiles: where a group for each multiprocessor has work. */
  static List<ProductKernels> before(
      List<ProductKernels> smaller, DType factors, CudaDeviceInfo device) {
    ProductKernels large =
        new ProductKernels(text(factors), ROWS, COLS, ITEMS, device.processors(), false);
    return Stream.concat(Stream.of(large), smaller.stream()).toList();
  }

  static KernelText text(DType factors) {
    Map<String, String> definitions = new TreeMap<>();
    definitions.put("FACTOR_" + factors.name(), "");
    definitions.put(CudaProgram.DYNAMIC_BYTES, String.valueOf(BYTES));
    StringBuilder body = new StringBuilder();
    for (String part :
        List.of(
            "tensor_core.h",
            "warpgroup.h",
            "product_rows.cu",
            "product_wgmma.cu",
            "product_layers.cu",
            "product_usual.cu")) {
      body.append(TensorCores.resource(part));
    }
    String name = "wgmma " + factors.name();
    return KernelText.ofBody(name.toLowerCase(Locale.ROOT), definitions, body.toString());
  }
}

package org.qieemo.kernels.cuda;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.ProductKernels;

/** The texts of product.cu: which tiles there are, and for what they are best. */
enum ProductTiles {
  LARGE(128, 128, 32, 2, 4),
  /** {@link #LARGE} for deep layers; more warps, as each needs twice the registers for its sums. */
  LARGE_DEEP(128, 128, 32, 4, 4),
  MEDIUM(64, 64, 32, 2, 2),
  SMALL(32, 32, 64, 2, 2),
  /** {@link #SMALL} for deep layers, four sets of whose warps share the depth. */
  SMALL_DEEP(32, 32, 32, 2, 2);

  private static final int STAGES = 3;
  private static final int PADDING = 8;
  private static final int SLICES = 4;

  private final int rows;
  private final int cols;
  private final int depth;
  private final int warpsDown;
  private final int warpsAcross;

  ProductTiles(int rows, int cols, int depth, int warpsDown, int warpsAcross) {
    this.rows = rows;
    this.cols = cols;
    this.depth = depth;
    this.warpsDown = warpsDown;
    this.warpsAcross = warpsAcross;
  }

  /** For layers of usual depth and convolutions, on a device of so many multiprocessors. */
  static List<ProductKernels> usual(DType factors, int processors) {
    return List.of(
        LARGE.kernels(factors, processors, false),
        MEDIUM.kernels(factors, processors, false),
        SMALL.kernels(factors, processors, false));
  }

  /** For deep layers. */
  static List<ProductKernels> deep(DType factors, int processors) {
    return List.of(
        LARGE_DEEP.kernels(factors, processors, true),
        MEDIUM.kernels(factors, processors, true),
        SMALL_DEEP.kernels(factors, processors, true));
  }

  private ProductKernels kernels(DType factors, int processors, boolean deep) {
    String name = (deep ? "deep " : "product ") + factors.name() + " " + rows + "x" + cols;
    StringBuilder body = new StringBuilder(TensorCores.resource("tensor_core.h"));
    for (String part : List.of("product_rows.cu", "product.cu", "product_layers.cu")) {
      body.append(TensorCores.resource(part));
    }
    if (!deep) {
      body.append(TensorCores.resource("product_usual.cu"));
    }
    boolean normalizes = !deep && normalizes();
    if (normalizes) {
      body.append(TensorCores.resource("product_norm.cu"));
    }
    KernelText text =
        KernelText.ofBody(
            name.toLowerCase(Locale.ROOT), definitions(factors, deep), body.toString());
    int items = 32 * warpsDown * warpsAcross * sets();
    return new ProductKernels(text, rows, cols, items, leastGroups(processors), normalizes);
  }

  /** A device that is half full of smaller groups is faster than one with a few large ones. */
  private int leastGroups(int processors) {
    return switch (this) {
      case LARGE, LARGE_DEEP -> processors;
      case MEDIUM -> processors / 2;
      case SMALL, SMALL_DEEP -> 0;
    };
  }

  /** Of many rows, each group of a row's columns would find the same mean and deviation anew. */
  private boolean normalizes() {
    return this != LARGE;
  }

  private int sets() {
    return this == SMALL_DEEP ? SLICES : 1;
  }

  private Map<String, String> definitions(DType factors, boolean deep) {
    Map<String, String> all = new TreeMap<>();
    all.put("FACTOR_" + factors.name(), "");
    all.put("BLOCK_ROWS", String.valueOf(rows));
    all.put("BLOCK_COLS", String.valueOf(cols));
    all.put("BLOCK_DEPTH", String.valueOf(depth));
    all.put("WARPS_DOWN", String.valueOf(warpsDown));
    all.put("WARPS_ACROSS", String.valueOf(warpsAcross));
    all.put("STAGES", String.valueOf(STAGES));
    if (deep) {
      all.put("SLICES", String.valueOf(SLICES));
      all.put("SETS", String.valueOf(sets()));
    } else if (normalizes()) {
      all.put("NORMALIZES", "");
    }
    all.put(CudaProgram.DYNAMIC_BYTES, String.valueOf(bytes(deep)));
    return all;
  }

  /** Group memory: tiles of float32 and of 16 bits, their rows padded; gamma, beta, statistics. */
  private int bytes(boolean deep) {
    int stage = (depth + PADDING) * (rows * Float.BYTES + cols * Short.BYTES);
    return deep || !normalizes()
        ? sets() * STAGES * stage
        : STAGES * (stage + 2 * depth * Float.BYTES) + 2 * rows * Float.BYTES;
  }
}

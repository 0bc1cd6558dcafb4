package org.qieemo.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.device.AttentionKernel;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.ProductKernels;

/** The kernels for tensor cores: which texts there are, and for what they are best. Stateless. */
final class TensorCores {
  /** What they are compiled for. */
  static final String TARGET = "sm_80";

  static final int LEAST_CAPABILITY = 80;

  /** Of attention.cu. */
  private static final int QUERIES = 64;

  private static final int ATTENTION_ITEMS = 128;
  private static final int HEAD_WIDTH = 64;

  /** 32 keys, 32 values and 96 positions of 72 16-bit columns, 4 windows of 16 x 56 floats. */
  private static final int ATTENTION_BYTES = (32 + 32 + 96) * 72 * 2 + 4 * 16 * 56 * 4;

  private TensorCores() {}

  /** Tiles of product.cu, from the largest to the smallest. */
  private enum Tile {
    LARGE(128, 128, 32, 2, 4),
    MEDIUM(64, 64, 32, 2, 2),
    SMALL(32, 32, 64, 2, 2);

    private static final int STAGES = 3;
    private static final int PADDING = 8;

    private final int rows;
    private final int cols;
    private final int depth;
    private final int warpsDown;
    private final int warpsAcross;

    Tile(int rows, int cols, int depth, int warpsDown, int warpsAcross) {
      this.rows = rows;
      this.cols = cols;
      this.depth = depth;
      this.warpsDown = warpsDown;
      this.warpsAcross = warpsAcross;
    }

    int items() {
      return 32 * warpsDown * warpsAcross;
    }

    /** Group memory: tiles of float32 and of 16 bits, their rows padded. */
    private int bytes() {
      return STAGES * (depth + PADDING) * (rows * Float.BYTES + cols * Short.BYTES);
    }

    /** A device that is half full of smaller groups is faster than one with a few large ones. */
    int leastGroups(int processors) {
      return switch (this) {
        case LARGE -> processors;
        case MEDIUM -> processors / 2;
        case SMALL -> 0;
      };
    }

    Map<String, String> definitions(DType factors) {
      Map<String, String> all = new TreeMap<>();
      all.put("FACTOR_" + factors.name(), "");
      all.put("BLOCK_ROWS", String.valueOf(rows));
      all.put("BLOCK_COLS", String.valueOf(cols));
      all.put("BLOCK_DEPTH", String.valueOf(depth));
      all.put("WARPS_DOWN", String.valueOf(warpsDown));
      all.put("WARPS_ACROSS", String.valueOf(warpsAcross));
      all.put("STAGES", String.valueOf(STAGES));
      all.put(CudaProgram.DYNAMIC_BYTES, String.valueOf(bytes()));
      return all;
    }
  }

  /** The kernels of matrix products on a device of so many multiprocessors. */
  static List<ProductKernels> products(DType factors, int processors) {
    return Arrays.stream(Tile.values())
        .map(
            tile ->
                new ProductKernels(
                    product(tile, factors),
                    tile.rows,
                    tile.cols,
                    tile.items(),
                    tile.leastGroups(processors)))
        .toList();
  }

  /** The kernel of attention, none for ESPnet's legacy positions. */
  static Optional<AttentionKernel> attention(DType factors, PositionTerm term) {
    if (term == PositionTerm.LEGACY) {
      return Optional.empty();
    }
    Map<String, String> definitions = new TreeMap<>();
    for (PositionTerm known : PositionTerm.values()) {
      definitions.put("POSITION_" + known.name(), String.valueOf(known.ordinal()));
    }
    definitions.put("TERM", "POSITION_" + term.name());
    definitions.put("FACTOR_" + factors.name(), "");
    definitions.put(CudaProgram.DYNAMIC_BYTES, String.valueOf(ATTENTION_BYTES));
    String name = "attention " + factors.name() + " " + term.name();
    KernelText text =
        KernelText.ofBody(
            name.toLowerCase(Locale.ROOT),
            definitions,
            resource("tensor_core.h") + resource("attention.cu"));
    return Optional.of(new AttentionKernel(text, QUERIES, ATTENTION_ITEMS, HEAD_WIDTH));
  }

  private static KernelText product(Tile tile, DType factors) {
    String name = "product " + factors.name() + " " + tile.rows + "x" + tile.cols;
    return KernelText.ofBody(
        name.toLowerCase(Locale.ROOT),
        tile.definitions(factors),
        resource("tensor_core.h") + resource("product.cu"));
  }

  private static String resource(String file) {
    try (InputStream in = TensorCores.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the kernel text " + file + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

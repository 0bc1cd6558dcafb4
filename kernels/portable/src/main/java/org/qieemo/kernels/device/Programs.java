package org.qieemo.kernels.device;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.PositionTerm;

/** The programs of a back end, each built when a layer first needs it. Thread-safe. */
final class Programs implements AutoCloseable {
  private static final String TILE = "tile.h";
  private static final String REDUCE = "reduce.h";

  private final Device device;
  private final Tuning tuning;
  private final Map<String, String> definitions;
  private final Map<String, Program> built = new HashMap<>(); // by name of the text

  Programs(Device device, Tuning tuning) {
    this.device = device;
    this.tuning = tuning;
    this.definitions = tuning.definitions();
  }

  /** Every text that {@code tuning} may need, for compilers that work ahead. */
  static List<KernelText> texts(Tuning tuning) {
    Map<String, String> definitions = tuning.definitions();
    List<KernelText> all = new ArrayList<>();
    for (DType stored : List.of(DType.F32, DType.F16, DType.BF16)) {
      all.add(product("linear", stored, definitions));
      all.add(product("conv2d", stored, definitions));
    }
    for (PositionTerm term : PositionTerm.values()) {
      all.add(attention(term, definitions));
    }
    for (String op : List.of("layer_norm", "softmax")) {
      all.add(KernelText.of(op, REDUCE, "", definitions));
    }
    for (String op : List.of("scaled_sum", "gated_sum", "depthwise", "pool")) {
      all.add(KernelText.of(op, null, "", definitions));
    }
    return all;
  }

  private static KernelText product(String op, DType stored, Map<String, String> definitions) {
    Map<String, String> all = new HashMap<>(definitions);
    all.put("WEIGHT_" + stored.name(), "");
    return KernelText.of(op, TILE, stored.name().toLowerCase(Locale.ROOT), all);
  }

  private static KernelText attention(PositionTerm term, Map<String, String> definitions) {
    Map<String, String> all = new HashMap<>(definitions);
    for (PositionTerm known : PositionTerm.values()) {
      all.put("POSITION_" + known.name(), String.valueOf(known.ordinal()));
    }
    all.put("TERM", "POSITION_" + term.name());
    return KernelText.of("attention", null, term.name().toLowerCase(Locale.ROOT), all);
  }

  /**
   * The kernels of linear.cl or conv2d.cl for a weight.
   *
   * @param own the device's own kernels that may be used, from the largest tile to the smallest
   */
  Products products(String op, DType stored, List<ProductKernels> own) {
    TiledProgram portable =
        new TiledProgram(
            program(product(op, stored, definitions)),
            tuning.tile(),
            tuning.tile(),
            tuning.tileItems(),
            0,
            false,
            false);
    List<TiledProgram> built =
        own.stream().map(kernels -> TiledProgram.of(kernels, program(kernels.text()))).toList();
    return new Products(built, portable);
  }

  AttentionProgram attention(PositionTerm term) {
    Program program = program(attention(term, definitions));
    return new AttentionProgram(program, Tuning.QUERIES, Tuning.SLICE, tuning.attentionItems());
  }

  /** The device's own kernel for heads of a width, null if there is none. */
  AttentionProgram ownAttention(DType factors, PositionTerm term, int headWidth) {
    AttentionKernel kernel = device.attention(factors, term).orElse(null);
    boolean fits =
        kernel != null
            && headWidth <= kernel.mostHeadWidth()
            && headWidth % Products.ALIGNMENT == 0;
    if (!fits) {
      return null;
    }
    Program program = program(kernel.text());
    return new AttentionProgram(program, kernel.queries(), kernel.mostHeadWidth(), kernel.items());
  }

  /** The device's own kernels of convolution modules. */
  Program of(ConvolutionKernel kernel) {
    return program(kernel.text());
  }

  /** An op that reduces rows. */
  Program reducing(String op) {
    return program(KernelText.of(op, REDUCE, "", definitions));
  }

  /** An op that works element by element. */
  Program elementwise(String op) {
    return program(KernelText.of(op, null, "", definitions));
  }

  private synchronized Program program(KernelText text) {
    Program program = built.get(text.name());
    if (program == null) {
      program = device.build(text);
      built.put(text.name(), program);
    }
    return program;
  }

  @Override
  public synchronized void close() {
    built.values().forEach(Program::close);
    built.clear();
  }
}

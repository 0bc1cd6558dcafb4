package org.qieemo.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.device.AttentionKernel;
import org.qieemo.kernels.device.KernelText;

/** The kernels for tensor cores: what they need, and those of attention. Stateless. */
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

  static String resource(String file) {
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

package org.qieemo.kernels;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a back end may round the factors of matrix products to. Sums, norms and softmax stay
 * float32. Smaller ones are faster where memory or matrix units decide, at the price of a few bits.
 */
public enum Precision {
  /** As the model file stores them, multiplied as float32. */
  F32,
  /** IEEE 754 binary16. */
  F16,
  /** bfloat16. */
  BF16;

  /** As on the command line: {@code f32}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #text()} writes.
   *
   * @throws IllegalArgumentException listing what there is
   */
  public static Precision parse(String text) {
    for (Precision precision : values()) {
      if (precision.text().equals(text)) {
        return precision;
      }
    }
    String known = Arrays.stream(values()).map(Precision::text).collect(Collectors.joining(", "));
    throw new IllegalArgumentException("unknown precision '" + text + "': expected " + known);
  }
}

package org.qieemo.converter;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What to convert.
 *
 * @param source a folder, or a {@code .nemo}, {@code .pt}, {@code .ckpt} or {@code .safetensors}
 *     file; configuration and tokens are looked for beside a file, or in the {@code .nemo}; {@code
 *     qieemo.json} and the head ({@code head.pt}, {@code head.safetensors}) beside it
 * @param output the model file; it replaces one of that name only when it is complete
 * @param options how
 */
public record ConversionRequest(Path source, Path output, ConvertOptions options) {
  /** Checks that all are there. */
  public ConversionRequest {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(options, "options");
  }
}

package org.qieemo.converter;

import java.nio.file.Path;
import java.util.List;
import org.qieemo.kernels.DType;
import org.qieemo.weights.ModelConfig;

/**
 * What a conversion did. Immutable.
 *
 * @param family of the encoder: WeNet, NeMo, ESPnet2
 * @param config the model, front end included
 * @param frontEndReason why it has this front end
 * @param tensors all that were written, in file order
 * @param ignored names of source tensors that have no place in the model
 * @param fallbacks tensors stored in another type than asked for, and why
 * @param output the model file
 * @param bytes its size
 */
public record ConversionReport(
    String family,
    ModelConfig config,
    String frontEndReason,
    List<Tensor> tensors,
    List<String> ignored,
    List<String> fallbacks,
    Path output,
    long bytes) {

  /**
   * A tensor that was written.
   *
   * @param source name in the checkpoint
   * @param name in the model file
   * @param type in the model file
   */
  public record Tensor(String source, String name, DType type) {
    @Override
    public String toString() {
      return source + " -> " + name + " " + type;
    }
  }

  /** Copies the lists. */
  public ConversionReport {
    tensors = List.copyOf(tensors);
    ignored = List.copyOf(ignored);
    fallbacks = List.copyOf(fallbacks);
  }
}

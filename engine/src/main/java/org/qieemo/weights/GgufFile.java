package org.qieemo.weights;

import java.util.List;
import org.qieemo.kernels.HostTensor;

/**
 * What a GGUF file holds. Immutable and thread-safe.
 *
 * @param metadata typed metadata, in file order
 * @param tensors all tensors, in file order, shapes outermost first
 */
public record GgufFile(Metadata metadata, List<HostTensor> tensors) {
  /** Copies the list. */
  public GgufFile {
    tensors = List.copyOf(tensors);
  }
}

package org.qieemo.converter.source;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tensors of a weight file by name, in file order. Immutable; the tensors read from the {@link
 * ByteSource} behind them, which must stay open.
 *
 * @param source the file's name, for messages
 * @param tensors by name
 */
public record Checkpoint(String source, Map<String, SourceTensor> tensors) {
  /** Copies the map. */
  public Checkpoint {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }
}

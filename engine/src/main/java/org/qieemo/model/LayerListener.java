package org.qieemo.model;

import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Tensor;

/** Sees intermediate results of a forward: parity tests and {@code qieemo features} listen. */
@FunctionalInterface
public interface LayerListener {
  /**
   * Called when a result is ready; the tensor is valid only during the call.
   *
   * @param name one of {@link Layer}, a block as {@code block3}
   * @param result [frames of the batch, columns]
   * @param execution reads the tensor
   */
  void onLayer(String name, Tensor result, Execution execution);
}

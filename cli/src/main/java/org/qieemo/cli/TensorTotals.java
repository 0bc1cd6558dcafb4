package org.qieemo.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.qieemo.kernels.HostTensor;

/**
 * How many tensors there are, and how large they are.
 *
 * @param tensors number of tensors
 * @param elements number of values
 * @param bytes their size
 */
record TensorTotals(int tensors, long elements, long bytes) {

  /** Totals per group, in order of first appearance. */
  static Map<String, TensorTotals> by(
      Function<HostTensor, String> group, List<HostTensor> tensors) {
    Map<String, TensorTotals> totals = new LinkedHashMap<>();
    for (HostTensor tensor : tensors) {
      totals.merge(group.apply(tensor), of(tensor), TensorTotals::plus);
    }
    return totals;
  }

  static TensorTotals of(HostTensor tensor) {
    return new TensorTotals(1, tensor.elements(), tensor.dtype().bytes(tensor.elements()));
  }

  private TensorTotals plus(TensorTotals other) {
    return new TensorTotals(
        tensors + other.tensors, elements + other.elements, bytes + other.bytes);
  }

  @Override
  public String toString() {
    return tensors
        + (tensors == 1 ? " tensor, " : " tensors, ")
        + elements
        + " values, "
        + Text.bytes(bytes);
  }
}

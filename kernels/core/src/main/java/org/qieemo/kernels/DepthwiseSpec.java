package org.qieemo.kernels;

/**
 * What {@link Backend#depthwiseConv} prepares: y[t,c] = act(b[c] + sum_k w[c,k] x[t - leftPadding +
 * k, c]). Rows outside the segment have the value {@code paddingRow}.
 *
 * @param weight [channels, kernel], a batch norm already folded in
 * @param bias [channels]
 * @param leftPadding rows before the first: (kernel-1)/2, or kernel-1 when causal
 * @param paddingRow [channels] value of rows outside the segment, null for zeros
 * @param activation applied to the result; not GLU
 */
public record DepthwiseSpec(
    HostTensor weight,
    HostTensor bias,
    int leftPadding,
    HostTensor paddingRow,
    Activation activation) {
  /** Checks the shapes. */
  public DepthwiseSpec {
    ShapeException.require("depthwise conv", "rank of the weight", 2, weight.rank());
    ShapeException.require("depthwise conv", "elements of bias", weight.dim(0), bias.elements());
    if (leftPadding < 0 || leftPadding >= weight.dim(1)) {
      throw new ShapeException(
          "depthwise conv: left padding " + leftPadding + " with kernel " + weight.dim(1));
    }
    if (paddingRow != null) {
      ShapeException.require(
          "depthwise conv", "elements of the padding row", weight.dim(0), paddingRow.elements());
    }
    if (activation == Activation.GLU) {
      throw new ShapeException("depthwise conv: GLU is for linear layers");
    }
  }
}

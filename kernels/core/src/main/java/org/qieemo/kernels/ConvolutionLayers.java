package org.qieemo.kernels;

/**
 * A Conformer's convolution module of width d: x + project(mixNorm(depthwise(gate(norm(x))))).
 *
 * @param norm LayerNorm in front [d], null where there is none
 * @param gate d to d, behind it GLU
 * @param depthwise of d channels, a batch norm folded in
 * @param mixNorm behind it, with the module's activation [d], null where the convolution has it
 * @param grouped whether {@code mixNorm} is a GroupNorm
 * @param project d to d, without activation
 */
public record ConvolutionLayers(
    Norm norm,
    Linear gate,
    DepthwiseConv depthwise,
    Norm mixNorm,
    boolean grouped,
    Linear project) {
  /** Checks that all are of one width. */
  public ConvolutionLayers {
    int width = gate.inputs();
    String op = "convolution";
    if (norm != null) {
      ShapeException.require(op, "width of the norm", width, norm.width());
    }
    ShapeException.require(op, "outputs behind GLU", width, gate.outputs());
    ShapeException.require(op, "channels", width, depthwise.channels());
    if (mixNorm != null) {
      ShapeException.require(op, "width of the second norm", width, mixNorm.width());
    }
    ShapeException.require(op, "inputs of the last layer", width, project.inputs());
    ShapeException.require(op, "outputs of the last layer", width, project.outputs());
  }

  /** d. */
  public int width() {
    return gate.inputs();
  }
}

package org.qieemo.kernels.device;

/**
 * Kernels {@code convolution_module} and {@code convolution_module_norm}, which compute a whole
 * convolution module without another one's memory: x + project(act(depthwise(gate(norm(x))))), and
 * the same with a LayerNorm before the activation. {@link ConvolutionProgram} has their arguments.
 * Groups that compute the same frames come one after the other along x. The width must be a
 * multiple of 16, x and the result and their strides of 4 floats.
 *
 * @param text what they are built from
 * @param frames that some groups compute together
 * @param groups so many
 * @param items of a group
 * @param mostWidth most columns
 * @param mostTaps most taps of the depthwise convolution
 * @param mostGroups with more of them the separate kernels are better
 */
public record ConvolutionKernel(
    KernelText text,
    int frames,
    int groups,
    int items,
    int mostWidth,
    int mostTaps,
    int mostGroups) {
  /** The grid for so many rows. */
  Grid grid(int rows) {
    return Grid.line(Grid.ceil(rows, frames) * groups, items);
  }
}

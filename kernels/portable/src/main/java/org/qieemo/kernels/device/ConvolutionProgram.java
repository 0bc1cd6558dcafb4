package org.qieemo.kernels.device;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.ConvolutionLayers;
import org.qieemo.kernels.DepthwiseConv;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;

/**
 * Built kernels of whole convolution modules.
 *
 * @param owner the back end whose layers they take
 */
record ConvolutionProgram(DeviceBackend owner, Program program, ConvolutionKernel kernel) {
  /** What the kernels need of a width. */
  private static final int WIDTH_ALIGNMENT = 16;

  /** Whether they can, and should, compute these layers over so many rows of x. */
  boolean fits(ConvolutionLayers layers, Region x, int rows) {
    int width = layers.width();
    return owns(layers)
        && !layers.grouped()
        && width % WIDTH_ALIGNMENT == 0
        && width <= kernel.mostWidth()
        && layers.depthwise().kernel() <= kernel.mostTaps()
        && x.aligned(Products.ALIGNMENT)
        && rows > 0
        && kernel.grid(rows).x() <= kernel.mostGroups();
  }

  private boolean owns(ConvolutionLayers layers) {
    return owns(layers.norm(), Activation.NONE)
        && owns(layers.gate(), Activation.GLU)
        && owns(layers.project(), Activation.NONE)
        && layers.depthwise() instanceof DeviceDepthwise by
        && by.owner() == owner
        && (layers.mixNorm() == null
            || by.activation() == Activation.NONE
                && layers.mixNorm() instanceof DeviceNorm norm
                && norm.owner() == owner);
  }

  private boolean owns(Norm norm, Activation activation) {
    return norm instanceof DeviceNorm by && by.owner() == owner && by.activation() == activation;
  }

  private boolean owns(Linear layer, Activation activation) {
    return layer instanceof DeviceLinear by && by.owner() == owner && by.activation() == activation;
  }

  /**
   * Queues the launch for layers that {@linkplain #fits fit}.
   *
   * @param out does not overlap x: other groups read what stands around a group's frames
   * @param segments first row of each row's segment, one past the last
   */
  void launch(
      Queue queue, ConvolutionLayers layers, Region x, Region out, Memory segments, int rows) {
    DeviceNorm mixNorm = (DeviceNorm) layers.mixNorm();
    String name = mixNorm == null ? "convolution_module" : "convolution_module_norm";
    Kernel launch = queue.kernel(program, name).region(x);
    norm(launch, layers.norm());
    layer(launch, layers.gate());
    depthwise(launch, layers.depthwise());
    if (mixNorm != null) {
      norm(launch, mixNorm);
      launch.integer(mixNorm.activation().ordinal());
    }
    layer(launch, layers.project());
    launch.region(out).memory(segments).integer(rows).integer(layers.width());
    launch.launch(kernel.grid(rows));
  }

  private static void norm(Kernel launch, Norm norm) {
    DeviceNorm by = (DeviceNorm) norm;
    launch.memory(by.gamma()).memory(by.beta()).real(by.eps());
  }

  private static void layer(Kernel launch, Linear layer) {
    DeviceLinear by = (DeviceLinear) layer;
    launch.memory(by.weight()).memory(by.bias());
  }

  private static void depthwise(Kernel launch, DepthwiseConv conv) {
    DeviceDepthwise by = (DeviceDepthwise) conv;
    launch.memory(by.weight()).memory(by.bias()).memory(by.paddingRow());
    by.taps(launch);
  }
}

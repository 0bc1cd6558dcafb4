package org.qieemo.kernels;

import java.util.List;

/**
 * Hardware that runs the model: prepares weights once, at load, and opens executions. Immutable
 * after construction and safe for use by many threads; closing it makes every execution of it
 * unusable. Closing twice is allowed.
 */
public interface Backend extends AutoCloseable {
  /** Short stable name: {@code cpu}, {@code opencl}, {@code cuda}. */
  String name();

  /** One sentence for people: what runs, how wide, how many threads, and why it was chosen. */
  String description();

  /** What people should know before they rely on it, one line each; mostly empty. */
  default List<String> warnings() {
    return List.of();
  }

  /**
   * Prepares y = act(x W^T + b).
   *
   * @param weight [outputs, inputs]
   * @param bias [outputs], or null for none
   */
  Linear linear(HostTensor weight, HostTensor bias, Activation activation);

  /**
   * Prepares y = act((x - mean) / sqrt(var + eps) * gamma + beta) over the columns of each row.
   *
   * @param gamma [width]
   * @param beta [width]
   * @param activation not GLU
   */
  Norm layerNorm(HostTensor gamma, HostTensor beta, float eps, Activation activation);

  /** Prepares a depthwise convolution over time. */
  DepthwiseConv depthwiseConv(DepthwiseSpec spec);

  /**
   * Prepares y = relu(conv2d(x) + b).
   *
   * @param weight [outputChannels, kernel, kernel, inputChannels] (time, then frequency)
   * @param bias [outputChannels]
   */
  Conv2d conv2d(HostTensor weight, HostTensor bias, Conv2dGeometry geometry);

  /** Prepares an attention. */
  Attention attention(AttentionSpec spec);

  /** Opens an execution: the buffers of one caller. Executions are not shared by threads. */
  Execution newExecution();

  @Override
  void close();
}

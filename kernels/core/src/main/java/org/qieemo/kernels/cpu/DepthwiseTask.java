package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Segments;

/**
 * Depthwise convolution over time; an item is a block of rows. Blocks that touch an end of their
 * segment are copied behind padding rows first, the others are read in place.
 */
final class DepthwiseTask implements ParallelTask {
  private static final int BLOCK_ROWS = 32;
  private static final int PADDED = 0; // buffer [BLOCK_ROWS + kernel - 1, channels]

  private final CpuExecution execution;
  private final CpuKernels kernels;
  private final Blocks blocks = new Blocks();
  private CpuTensor x; // [rows, channels]
  private CpuTensor out; // [rows, channels]
  private CpuDepthwise conv;
  private Segments segments;

  DepthwiseTask(CpuExecution execution, CpuKernels kernels) {
    this.execution = execution;
    this.kernels = kernels;
  }

  void start(CpuTensor from, CpuDepthwise by, Segments inside, CpuTensor to) {
    x = from;
    conv = by;
    segments = inside;
    out = to;
    blocks.cut(segments, 1, BLOCK_ROWS);
    execution.run(this, blocks.count(), (long) x.rows() * conv.kernel() * conv.channels());
  }

  @Override
  public void run(int item, ThreadScratch scratch) {
    int start = segments.start(blocks.segment(item));
    int frames = segments.length(blocks.segment(item));
    int first = blocks.first(item);
    int rows = blocks.rows(item, frames);
    int top = first - conv.leftPadding();
    int needed = rows + conv.kernel() - 1;
    if (top >= 0 && top + needed <= frames) {
      convolve(x.data(), x.row(start + top), x.stride(), start + first, rows, scratch);
    } else {
      float[] padded = copy(start, frames, top, needed, scratch);
      convolve(padded, 0, conv.channels(), start + first, rows, scratch);
    }
  }

  /** Rows {@code top} to {@code top + needed} of a segment, outside it the padding row. */
  private float[] copy(int start, int frames, int top, int needed, ThreadScratch scratch) {
    int channels = conv.channels();
    long most = (long) (BLOCK_ROWS + conv.kernel() - 1) * channels;
    float[] padded = scratch.buffer(PADDED, most);
    for (int i = 0; i < needed; i++) {
      int row = top + i;
      boolean inside = row >= 0 && row < frames;
      float[] from = inside ? x.data() : conv.paddingRow();
      System.arraycopy(from, inside ? x.row(start + row) : 0, padded, i * channels, channels);
    }
    return padded;
  }

  private void convolve(
      float[] from, int offset, int stride, int outRow, int rows, ThreadScratch scratch) {
    Rows seen = scratch.first().at(from, offset, stride);
    Rows result = scratch.result().at(out, outRow);
    kernels.depthwise(seen, rows, conv.weight(), conv.kernel(), conv.bias(), result);
    if (conv.activation() != Activation.NONE) {
      for (int i = outRow; i < outRow + rows; i++) {
        kernels.activate(conv.activation(), out.data(), out.row(i), conv.channels(), scratch);
      }
    }
  }
}

package org.qieemo.kernels.cpu;

import java.util.Arrays;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.Segments;

/**
 * Convolution over time and frequency. An item takes some rows; of their patches one block of depth
 * after the other is copied to where it is multiplied, so that no patch is ever held whole.
 */
final class Conv2dTask implements ParallelTask {
  private static final int FEW_ROWS = 48;
  private static final int ITEMS_PER_THREAD = 4;
  private static final int PATCHES = 0; // buffer [stripRows, stripStride]

  private final CpuExecution execution;
  private final CpuKernels kernels;
  private final Blocks blocks = new Blocks();
  private CpuTensor x; // [frames * inputBins, inputChannels]
  private CpuTensor out; // [outputFrames * outputBins, outputChannels]
  private CpuLinear layer;
  private Conv2dGeometry geometry;
  private Segments frames;
  private Segments outputFrames;

  Conv2dTask(CpuExecution execution, CpuKernels kernels) {
    this.execution = execution;
    this.kernels = kernels;
  }

  void start(CpuTensor from, CpuConv2d conv, Segments inFrames, CpuTensor to, Segments outFrames) {
    x = from;
    layer = conv.layer();
    geometry = conv.geometry();
    frames = inFrames;
    out = to;
    outputFrames = outFrames;
    int most = kernels.stripRows();
    boolean many = out.rows() >= most * ITEMS_PER_THREAD * execution.threads();
    blocks.cut(outputFrames, geometry.outputBins(), many ? most : Math.min(most, FEW_ROWS));
    execution.run(this, blocks.count(), (long) out.rows() * layer.inputs() * layer.outputs());
  }

  @Override
  public void run(int item, ThreadScratch scratch) {
    int segment = blocks.segment(item);
    int first = blocks.first(item);
    int rows = blocks.rows(item, outputFrames.length(segment) * geometry.outputBins());
    int outRow = outputFrames.start(segment) * geometry.outputBins() + first;
    for (int panel = 0; panel < layer.panels(); panel++) {
      multiply(segment, first, rows, panel, scratch);
      int at = out.row(outRow) + panel * kernels.panelWidth();
      kernels.storeStrip(
          scratch.strip(), rows, layer.panelColumns(panel), out.data(), at, out.stride());
    }
  }

  /** Leaves the result of some rows and one panel in the scratch's strip. */
  private void multiply(int segment, int first, int rows, int panel, ThreadScratch scratch) {
    int depth = layer.inputs();
    int stride = kernels.stripStride();
    float[] patches = scratch.buffer(PATCHES, (long) kernels.stripRows() * stride);
    for (int from = 0; from < depth; from += kernels.panelWidth()) {
      int to = Math.min(from + kernels.panelWidth(), depth);
      for (int i = 0; i < rows; i++) {
        patch(segment, first + i, from, to, patches, i * stride);
      }
      Rows block = scratch.first().at(patches, -from, stride);
      layer.accumulate(block, rows, panel, from, to, scratch.strip());
    }
    layer.activate(scratch.strip(), rows, panel, scratch);
  }

  /**
   * Copies the elements [from, to) of what output row {@code row} of a segment sees, zeros outside
   * the input.
   */
  private void patch(int segment, int row, int from, int to, float[] patches, int at) {
    int frame = row / geometry.outputBins() * geometry.stride() - geometry.padding();
    int bin = row % geometry.outputBins() * geometry.stride() - geometry.padding();
    int length = geometry.kernel() * geometry.inputChannels(); // of one frame
    int next = from;
    while (next < to) {
      int tap = next / length;
      int end = Math.min(to, (tap + 1) * length);
      int t = frame + tap;
      int into = at + next - from;
      if (t < 0 || t >= frames.length(segment)) {
        Arrays.fill(patches, into, into + end - next, 0f);
      } else {
        int binRow = (frames.start(segment) + t) * geometry.inputBins();
        bins(binRow, bin, next - tap * length, end - tap * length, patches, into);
      }
      next = end;
    }
  }

  /**
   * Copies the elements [from, to) of the taps over frequency of one frame, whose bin 0 is row
   * {@code frameRow} of x and whose first tap is {@code bin}.
   */
  private void bins(int frameRow, int bin, int from, int to, float[] patches, int at) {
    int channels = geometry.inputChannels();
    if (bin >= 0 && bin + geometry.kernel() <= geometry.inputBins() && x.dense()) {
      System.arraycopy(x.data(), x.row(frameRow + bin) + from, patches, at, to - from);
      return;
    }
    int next = from;
    while (next < to) {
      int tap = next / channels;
      int end = Math.min(to, (tap + 1) * channels);
      int b = bin + tap;
      int into = at + next - from;
      if (b < 0 || b >= geometry.inputBins()) {
        Arrays.fill(patches, into, into + end - next, 0f);
      } else {
        int source = x.row(frameRow + b) + next - tap * channels;
        System.arraycopy(x.data(), source, patches, into, end - next);
      }
      next = end;
    }
  }
}

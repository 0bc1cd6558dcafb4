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
  private final Conv2dInput input;
  private CpuTensor out; // [outputFrames * outputBins, outputChannels]
  private CpuLinear layer;
  private Conv2dGeometry geometry;
  private Segments outputFrames;

  Conv2dTask(CpuExecution execution, CpuKernels kernels, NarrowConv2dTask before) {
    this.execution = execution;
    this.kernels = kernels;
    input = new Conv2dInput(before);
  }

  void start(CpuTensor from, CpuConv2d conv, Segments inFrames, CpuTensor to, Segments outFrames) {
    place(conv, to, outFrames);
    input.at(from, geometry, inFrames);
    blocks.cut(outputFrames, geometry.outputBins(), blockRows());
    start();
  }

  /** Whether an item may be some whole frames. */
  boolean takesFrames(CpuConv2d conv) {
    return conv.geometry().outputBins() <= Math.min(FEW_ROWS, kernels.stripRows());
  }

  /** The same behind what {@link NarrowConv2dTask#place} has placed, computed item by item. */
  void startBehind(CpuConv2d conv, Segments inFrames, CpuTensor to, Segments outFrames) {
    place(conv, to, outFrames);
    int bins = geometry.outputBins();
    int count = blockRows() / bins;
    input.behind(geometry, inFrames, (count - 1) * geometry.stride() + geometry.kernel());
    blocks.cut(outputFrames, bins, count * bins);
    start();
  }

  private void place(CpuConv2d conv, CpuTensor to, Segments outFrames) {
    layer = conv.layer();
    geometry = conv.geometry();
    out = to;
    outputFrames = outFrames;
  }

  private int blockRows() {
    int most = kernels.stripRows();
    boolean many = out.rows() >= most * ITEMS_PER_THREAD * execution.threads();
    return many ? most : Math.min(most, FEW_ROWS);
  }

  private void start() {
    execution.run(this, blocks.count(), (long) out.rows() * layer.inputs() * layer.outputs());
  }

  @Override
  public void run(int item, ThreadScratch scratch) {
    int segment = blocks.segment(item);
    int first = blocks.first(item);
    int rows = blocks.rows(item, outputFrames.length(segment) * geometry.outputBins());
    int outRow = outputFrames.start(segment) * geometry.outputBins() + first;
    Rows source = source(segment, first, rows, scratch);
    for (int panel = 0; panel < layer.panels(); panel++) {
      multiply(source, segment, first, rows, panel, scratch);
      int at = out.row(outRow) + panel * kernels.panelWidth();
      kernels.storeStrip(
          scratch.strip(), rows, layer.panelColumns(panel), out.data(), at, out.stride());
    }
  }

  /** Where the bins of a segment's frames lie, the first of frame 0 in row 0. */
  private Rows source(int segment, int first, int rows, ThreadScratch scratch) {
    int top = first / geometry.outputBins() * geometry.stride() - geometry.padding();
    int bottom = (first + rows - 1) / geometry.outputBins() * geometry.stride();
    return input.rows(segment, top, bottom - geometry.padding() + geometry.kernel(), scratch);
  }

  /** Leaves the result of some rows and one panel in the scratch's strip. */
  private void multiply(
      Rows source, int segment, int first, int rows, int panel, ThreadScratch scratch) {
    int depth = layer.inputs();
    int stride = kernels.stripStride();
    float[] patches = scratch.buffer(PATCHES, (long) kernels.stripRows() * stride);
    for (int from = 0; from < depth; from += kernels.panelWidth()) {
      int to = Math.min(from + kernels.panelWidth(), depth);
      for (int i = 0; i < rows; i++) {
        patch(source, segment, first + i, from, to, patches, i * stride);
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
  private void patch(Rows source, int segment, int row, int from, int to, float[] patches, int at) {
    int frame = row / geometry.outputBins() * geometry.stride() - geometry.padding();
    int bin = row % geometry.outputBins() * geometry.stride() - geometry.padding();
    int length = geometry.kernel() * geometry.inputChannels(); // of one frame
    int next = from;
    while (next < to) {
      int tap = next / length;
      int end = Math.min(to, (tap + 1) * length);
      int t = frame + tap;
      int into = at + next - from;
      if (t < 0 || t >= input.length(segment)) {
        Arrays.fill(patches, into, into + end - next, 0f);
      } else {
        bins(
            source,
            t * geometry.inputBins(),
            bin,
            next - tap * length,
            end - tap * length,
            patches,
            into);
      }
      next = end;
    }
  }

  /**
   * Copies the elements [from, to) of the taps over frequency of one frame, whose bin 0 is row
   * {@code frameRow} of the source and whose first tap is {@code bin}.
   */
  private void bins(Rows source, int frameRow, int bin, int from, int to, float[] patches, int at) {
    int channels = geometry.inputChannels();
    if (bin >= 0
        && bin + geometry.kernel() <= geometry.inputBins()
        && source.stride() == channels) {
      int first = source.offset() + (frameRow + bin) * channels + from;
      System.arraycopy(source.data(), first, patches, at, to - from);
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
        int first = source.offset() + (frameRow + b) * source.stride() + next - tap * channels;
        System.arraycopy(source.data(), first, patches, into, end - next);
      }
      next = end;
    }
  }
}

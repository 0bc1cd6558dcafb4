package org.qieemo.kernels.cpu;

import java.util.Arrays;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.Segments;

/** Convolution over time and frequency; an item copies the patches of some rows and multiplies. */
final class Conv2dTask implements ParallelTask {
  private static final int BLOCK_ROWS = 48;
  private static final int PATCHES = 0; // buffer [BLOCK_ROWS, kernel * kernel * inputChannels]

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
    blocks.cut(outputFrames, geometry.outputBins(), BLOCK_ROWS);
    execution.run(this, blocks.count(), (long) out.rows() * layer.inputs() * layer.outputs());
  }

  @Override
  public void run(int item, ThreadScratch scratch) {
    int segment = blocks.segment(item);
    int first = blocks.first(item);
    int rows = blocks.rows(item, outputFrames.length(segment) * geometry.outputBins());
    int depth = layer.inputs();
    float[] patches = scratch.buffer(PATCHES, (long) BLOCK_ROWS * depth);
    for (int i = 0; i < rows; i++) {
      patch(segment, first + i, patches, i * depth);
    }
    int outRow = outputFrames.start(segment) * geometry.outputBins() + first;
    for (int panel = 0; panel < layer.panels(); panel++) {
      layer.strip(scratch.first().at(patches, 0, depth), rows, panel, scratch);
      int at = out.row(outRow) + panel * kernels.panelWidth();
      kernels.storeStrip(
          scratch.strip(), rows, layer.panelColumns(panel), out.data(), at, out.stride());
    }
  }

  /** Copies what output row {@code row} of a segment sees, zeros outside the input. */
  private void patch(int segment, int row, float[] to, int at) {
    int kernel = geometry.kernel();
    int frame = row / geometry.outputBins() * geometry.stride() - geometry.padding();
    int bin = row % geometry.outputBins() * geometry.stride() - geometry.padding();
    int length = kernel * geometry.inputChannels();
    for (int k = 0; k < kernel; k++) {
      int t = frame + k;
      if (t < 0 || t >= frames.length(segment)) {
        Arrays.fill(to, at, at + length, 0f);
      } else {
        bins((frames.start(segment) + t) * geometry.inputBins(), bin, to, at);
      }
      at += length;
    }
  }

  /** Copies the taps over frequency of one frame, whose bin 0 is row {@code frameRow} of x. */
  private void bins(int frameRow, int bin, float[] to, int at) {
    int kernel = geometry.kernel();
    int channels = geometry.inputChannels();
    if (bin >= 0 && bin + kernel <= geometry.inputBins() && x.dense()) {
      System.arraycopy(x.data(), x.row(frameRow + bin), to, at, kernel * channels);
      return;
    }
    for (int k = 0; k < kernel; k++) {
      int b = bin + k;
      if (b < 0 || b >= geometry.inputBins()) {
        Arrays.fill(to, at, at + channels, 0f);
      } else {
        System.arraycopy(x.data(), x.row(frameRow + b), to, at, channels);
      }
      at += channels;
    }
  }
}

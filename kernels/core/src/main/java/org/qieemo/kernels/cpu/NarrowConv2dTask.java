package org.qieemo.kernels.cpu;

import java.util.Arrays;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.Segments;

/**
 * The first convolution of a subsampling, which has one input channel: too few values to be worth a
 * matrix product. An item takes some frames; the few values that a frame sees are copied between
 * zeros, and the kernels compute its bins from there.
 */
final class NarrowConv2dTask implements ParallelTask {
  private static final int FRAMES = 4; // of an item
  private static final int SEEN = 1; // buffer [3, inputBins + 2 padding]

  private final CpuExecution execution;
  private final CpuKernels kernels;
  private final Blocks blocks = new Blocks();
  private CpuTensor x; // [frames * inputBins, 1]
  private CpuTensor out; // [outputFrames * outputBins, outputChannels]
  private CpuConv2d conv;
  private Conv2dGeometry geometry;
  private Segments frames;
  private Segments outputFrames;

  NarrowConv2dTask(CpuExecution execution, CpuKernels kernels) {
    this.execution = execution;
    this.kernels = kernels;
  }

  void start(CpuTensor from, CpuConv2d by, Segments inFrames, CpuTensor to, Segments outFrames) {
    place(from, by, inFrames);
    out = to;
    outputFrames = outFrames;
    blocks.cut(outputFrames, 1, FRAMES);
    long work = (long) out.rows() * out.cols() * CpuKernels.TAPS * CpuKernels.TAPS;
    execution.run(this, blocks.count(), work);
  }

  /** The inputs of {@link #frames} alone. */
  void place(CpuTensor from, CpuConv2d by, Segments inFrames) {
    x = from;
    conv = by;
    geometry = by.geometry();
    frames = inFrames;
  }

  @Override
  public void run(int item, ThreadScratch scratch) {
    int segment = blocks.segment(item);
    int first = blocks.first(item);
    int count = blocks.rows(item, outputFrames.length(segment));
    int row = (outputFrames.start(segment) + first) * geometry.outputBins();
    frames(segment, first, count, scratch.result().at(out, row), scratch);
  }

  /**
   * Computes some frames of a segment.
   *
   * @param to [count * outputBins, outputChannels]
   */
  void frames(int segment, int first, int count, Rows to, ThreadScratch scratch) {
    int bins = geometry.inputBins() + 2 * geometry.padding();
    float[] seen = scratch.buffer(SEEN, (long) CpuKernels.TAPS * bins);
    int at = to.offset();
    for (int t = first; t < first + count; t++) {
      for (int i = 0; i < CpuKernels.TAPS; i++) {
        copy(segment, t * geometry.stride() - geometry.padding() + i, seen, i * bins, bins);
      }
      int result = at + (t - first) * geometry.outputBins() * to.stride();
      kernels.convolve(
          scratch.first().at(seen, 0, bins),
          geometry.outputBins(),
          conv.taps(),
          conv.bias(),
          to.at(to.data(), result, to.stride()));
    }
  }

  /** Copies one frame of a segment between the padding, or zeros for one outside. */
  private void copy(int segment, int frame, float[] to, int at, int bins) {
    Arrays.fill(to, at, at + bins, 0f);
    if (frame >= 0 && frame < frames.length(segment)) {
      int first = (frames.start(segment) + frame) * geometry.inputBins();
      for (int i = 0; i < geometry.inputBins(); i++) {
        to[at + geometry.padding() + i] = x.data()[x.row(first + i)];
      }
    }
  }
}

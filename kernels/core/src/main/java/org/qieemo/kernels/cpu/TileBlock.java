package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Conv2dGeometry;

/**
 * Some rows of tiles of a convolution by {@link MinimalFilter}, two output frames each, over all
 * bins. Row r of the products is the tile of pair {@code r % pairs} of frames and of pair {@code r
 * / pairs} of bins: those of the last bins come last, so that products for second bins can leave
 * them out where there is no second one. Of one thread; not thread-safe.
 */
final class TileBlock {
  // strips, behind the sums of either frame
  private static final int OF_ALL = 2;
  private static final int OF_BIN = 3;
  private static final int VALUES = 4;
  private static final int LESS = 5;
  private static final int STRIPS = 6;

  private final CpuKernels kernels;
  private final ThreadScratch scratch;
  private final float[] zeros; // [panelWidth]
  private MinimalFilter filter;
  private Conv2dGeometry geometry;
  private Rows source; // input of the segment, bin 0 of frame 0 in row 0
  private int frames; // of the segment's input
  private int first; // output frame, -1 if the first pair is half before the segment
  private int pairs; // of output frames
  private Strip[] strips; // [STRIPS]
  private Strip values; // what a product multiplies
  private Strip less; // what is taken away from a column of them

  TileBlock(CpuKernels kernels, ThreadScratch scratch) {
    this.kernels = kernels;
    this.scratch = scratch;
    zeros = new float[kernels.panelWidth()];
  }

  /** Takes {@code count} pairs of output frames of a segment from {@code firstFrame} on. */
  TileBlock load(CpuConv2d conv, Rows input, int inputFrames, int firstFrame, int count) {
    filter = conv.filter();
    geometry = conv.geometry();
    source = input;
    frames = inputFrames;
    first = firstFrame;
    pairs = count;
    strips = scratch.totals(STRIPS);
    values = strips[VALUES];
    less = strips[LESS];
    return this;
  }

  /**
   * Computes the output channels of one panel.
   *
   * @param out the segment's result, bin 0 of frame 0 in row {@code row}
   * @param outFrames of the segment
   */
  void run(int panel, CpuTensor out, int row, int outFrames) {
    Strip ofAll = strips[OF_ALL];
    Strip ofBin = strips[OF_BIN];
    int all = rows(MinimalFilter.BOTH);
    multiply(MinimalFilter.BOTH, MinimalFilter.BOTH, panel, ofAll, true);
    for (int t = 0; t < MinimalFilter.TILE; t++) {
      copy(ofAll, all, strips[t]);
      multiply(MinimalFilter.ONE[t], MinimalFilter.BOTH, panel, strips[t], false);
    }
    int bins = Math.min(MinimalFilter.TILE, geometry.outputBins());
    for (int f = 0; f < bins; f++) {
      multiply(MinimalFilter.BOTH, MinimalFilter.ONE[f], panel, ofBin, true);
      for (int t = 0; t < MinimalFilter.TILE; t++) {
        add(strips[t], ofBin, rows(MinimalFilter.ONE[f]), scratch.strip());
        multiply(MinimalFilter.ONE[t], MinimalFilter.ONE[f], panel, scratch.strip(), false);
        store(t, f, panel, out, row, outFrames);
      }
    }
  }

  /** Rows of the products for a side over bins. */
  private int rows(int overBins) {
    boolean second = overBins == MinimalFilter.SECOND;
    int columns =
        second ? geometry.outputBins() / MinimalFilter.TILE : MinimalFilter.columns(geometry);
    return pairs * columns;
  }

  /** strip = the products of all terms of two sides, or added to it unless it is fresh. */
  private void multiply(int overTime, int overBins, int panel, Strip strip, boolean fresh) {
    boolean start = fresh;
    for (int t : MinimalFilter.terms(overTime)) {
      for (int f : MinimalFilter.terms(overBins)) {
        term(t, f, rows(overBins), panel, strip, start);
        start = false;
      }
    }
  }

  private void term(int t, int f, int rows, int panel, Strip strip, boolean fresh) {
    PackedMatrix weights = filter.weights(t, f);
    int depth = geometry.inputChannels();
    int stride = kernels.stripStride();
    for (int from = 0; from < depth; from += kernels.panelWidth()) {
      int to = Math.min(from + kernels.panelWidth(), depth);
      for (int column = 0; column < rows / pairs; column++) {
        take(t, f, column, from, to - from);
      }
      Rows block = scratch.first().at(values.values(), values.row(0) - from, stride);
      if (fresh && from == 0) {
        kernels.multiply(block, rows, weights, panel, from, to, strip);
      } else {
        kernels.multiplyAdd(block, rows, weights, panel, from, to, strip);
      }
    }
  }

  /** Leaves some channels of what a term takes from a column of tiles in the values. */
  private void take(int t, int f, int column, int channel, int count) {
    int stride = kernels.stripStride();
    int at = values.row(column * pairs);
    int bin = column * MinimalFilter.TILE_STEP - geometry.padding();
    takeOverTime(t, bin + MinimalFilter.plus(f), channel, count, values.values(), at);
    if (MinimalFilter.minus(f) >= 0) {
      takeOverTime(t, bin + MinimalFilter.minus(f), channel, count, less.values(), less.row(0));
      Rows result = scratch.result().at(values.values(), at, stride);
      Rows taken = scratch.first().at(less.values(), less.row(0), stride);
      kernels.subtract(result, taken, pairs, count, result);
    }
  }

  /** to [pairs, stripStride] = some channels of what a term over time takes at a bin. */
  private void takeOverTime(int t, int bin, int channel, int count, float[] to, int at) {
    int frame = first * geometry.stride() - geometry.padding();
    int plus = frame + MinimalFilter.plus(t);
    int minus = frame + MinimalFilter.minus(t);
    boolean differs = MinimalFilter.minus(t) >= 0;
    int stride = kernels.stripStride();
    int last = (pairs - 1) * MinimalFilter.TILE_STEP;
    if (differs
        && isInside(Math.min(plus, minus), bin)
        && isInside(Math.max(plus, minus) + last, bin)) {
      Rows x = place(scratch.first(), plus, bin, channel);
      Rows y = place(scratch.third(), minus, bin, channel);
      kernels.subtract(x, y, pairs, count, scratch.result().at(to, at, stride));
      return;
    }
    for (int i = 0; i <= last; i += MinimalFilter.TILE_STEP) {
      Rows x = place(scratch.first(), plus + i, bin, channel);
      int into = at + i / MinimalFilter.TILE_STEP * stride;
      if (differs) {
        Rows y = place(scratch.third(), minus + i, bin, channel);
        kernels.subtract(x, y, 1, count, scratch.result().at(to, into, stride));
      } else {
        System.arraycopy(x.data(), x.offset(), to, into, count);
      }
    }
  }

  private boolean isInside(int frame, int bin) {
    return frame >= 0 && frame < frames && bin >= 0 && bin < geometry.inputBins();
  }

  /**
   * Points to the values of a frame and a bin, the same of the column's next tile being the next
   * row; to zeros if it is outside.
   */
  private Rows place(Rows rows, int frame, int bin, int channel) {
    if (!isInside(frame, bin)) {
      return rows.at(zeros, 0, 0);
    }
    int bins = geometry.inputBins();
    int at = source.offset() + (frame * bins + bin) * source.stride() + channel;
    return rows.at(source.data(), at, MinimalFilter.TILE_STEP * bins * source.stride());
  }

  private void copy(Strip from, int rows, Strip to) {
    int count = rows * kernels.stripStride();
    System.arraycopy(from.values(), from.row(0), to.values(), to.row(0), count);
  }

  /** to = x + y. */
  private void add(Strip x, Strip y, int rows, Strip to) {
    for (int r = 0; r < rows; r++) {
      Rows a = scratch.first().at(x.values(), x.row(r), 0);
      Rows b = scratch.third().at(y.values(), y.row(r), 0);
      Rows sum = scratch.result().at(to.values(), to.row(r), 0);
      kernels.scaledSum(1f, a, 1f, b, sum, kernels.panelWidth());
    }
  }

  /** Stores frame t and bin f of all tiles from the scratch's strip. */
  private void store(int t, int f, int panel, CpuTensor out, int row, int outFrames) {
    Strip strip = scratch.strip();
    int rows = rows(MinimalFilter.ONE[f]);
    int channel = panel * kernels.panelWidth();
    int count = Math.min(kernels.panelWidth(), geometry.outputChannels() - channel);
    kernels.activateStrip(Activation.RELU, strip, rows, count, scratch);
    for (int r = 0; r < rows; r++) {
      int frame = first + r % pairs * MinimalFilter.TILE + t;
      if (frame >= 0 && frame < outFrames) {
        int bin = r / pairs * MinimalFilter.TILE + f;
        int to = out.row(row + frame * geometry.outputBins() + bin) + channel;
        System.arraycopy(strip.values(), strip.row(r), out.data(), to, count);
      }
    }
  }
}

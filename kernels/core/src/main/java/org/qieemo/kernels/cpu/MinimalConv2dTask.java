package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.Segments;

/**
 * A convolution with ReLU by {@link MinimalFilter}. An item is some rows of tiles, two frames each,
 * over all bins.
 */
final class MinimalConv2dTask implements ParallelTask {
  private static final int TILES = 64; // of an item, so that all it works on stays in the cache
  private static final int FEW_TILES = 16;
  private static final int ITEMS_PER_THREAD = 4;

  private final CpuExecution execution;
  private final CpuKernels kernels;
  private final Conv2dInput input;
  private final Blocks blocks = new Blocks();
  private final Segments pairs = new Segments(); // of output frames
  private CpuTensor out; // [outputFrames * outputBins, outputChannels]
  private CpuConv2d conv;
  private Conv2dGeometry geometry;
  private Segments outputFrames;

  MinimalConv2dTask(CpuExecution execution, CpuKernels kernels, NarrowConv2dTask before) {
    this.execution = execution;
    this.kernels = kernels;
    input = new Conv2dInput(before);
  }

  void start(CpuTensor from, CpuConv2d by, Segments inFrames, CpuTensor to, Segments outFrames) {
    place(by, to, outFrames);
    input.at(from, geometry, inFrames);
    start();
  }

  /** The same behind what {@link NarrowConv2dTask#place} has placed, computed item by item. */
  void startBehind(CpuConv2d by, Segments inFrames, CpuTensor to, Segments outFrames) {
    place(by, to, outFrames);
    input.behind(geometry, inFrames, seen(pairsOfItem()));
    start();
  }

  private void place(CpuConv2d by, CpuTensor to, Segments outFrames) {
    conv = by;
    geometry = by.geometry();
    out = to;
    outputFrames = outFrames;
    pairs.clear();
    for (int s = 0; s < outFrames.count(); s++) {
      pairs.add((odd() + outFrames.length(s) + 1) / MinimalFilter.TILE);
    }
  }

  private void start() {
    blocks.cut(pairs, 1, pairsOfItem());
    long products = (long) pairs.rows() * MinimalFilter.columns(geometry) * MinimalFilter.PRODUCTS;
    execution.run(
        this, blocks.count(), products * geometry.inputChannels() * geometry.outputChannels());
  }

  private int pairsOfItem() {
    int most = Math.min(kernels.stripRows(), TILES);
    int columns = MinimalFilter.columns(geometry);
    boolean many = pairs.rows() * columns >= most * ITEMS_PER_THREAD * execution.threads();
    return Math.max(1, (many ? most : Math.min(most, FEW_TILES)) / columns);
  }

  /** Whether the first pair of a segment is half before it: 1 or 0. */
  private int odd() {
    return (int) (outputFrames.before() % MinimalFilter.TILE);
  }

  /** Input frames that some pairs of frames see. */
  private static int seen(int count) {
    return (count - 1) * MinimalFilter.TILE_STEP + MinimalFilter.SEEN;
  }

  @Override
  public void run(int item, ThreadScratch scratch) {
    int segment = blocks.segment(item);
    int count = blocks.rows(item, pairs.length(segment));
    int first = blocks.first(item) * MinimalFilter.TILE - odd(); // frame
    int top = first * geometry.stride() - geometry.padding();
    Rows source = input.rows(segment, top, top + seen(count), scratch);
    TileBlock tiles = scratch.tiles().load(conv, source, input.length(segment), first, count);
    int row = outputFrames.start(segment) * geometry.outputBins();
    int width = kernels.panelWidth();
    for (int panel = 0; panel * width < geometry.outputChannels(); panel++) {
      tiles.run(panel, out, row, outputFrames.length(segment));
    }
  }
}

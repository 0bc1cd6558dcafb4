package org.qieemo.kernels.cpu;

/**
 * sum += scale * down(up(x)). An item takes some rows the whole way: one panel of the hidden layer
 * after the other is computed and multiplied again where it lies, so that the hidden layer never
 * leaves the cache. Sums go up in the same order as in {@link LinearTask}, hence the same bits.
 */
final class FeedForwardTask implements ParallelTask {
  private static final int MOST_PANELS = 4; // of sums, or they would leave the cache
  private static final int FEWEST_ROWS = 24; // for which an item may fetch all weights

  private final CpuExecution execution;
  private final CpuKernels kernels;
  private CpuTensor x; // [m, inputs]
  private CpuTensor sum; // [m, outputs]
  private CpuLinear up; // [hidden, inputs]
  private CpuLinear down; // [outputs, hidden]
  private float scale;
  private int blockRows;

  FeedForwardTask(CpuExecution execution, CpuKernels kernels) {
    this.execution = execution;
    this.kernels = kernels;
  }

  /** Whether {@code rows} are enough to give every thread its share, and the sums few enough. */
  boolean suits(int rows, CpuLinear second) {
    int threads = execution.threads();
    boolean shared = threads == 1 || rows >= 2 * FEWEST_ROWS * threads;
    return shared && second.panels() <= MOST_PANELS;
  }

  /** The layers; {@link #start} follows. */
  FeedForwardTask layers(CpuLinear first, CpuLinear second) {
    up = first;
    down = second;
    return this;
  }

  void start(CpuTensor from, float factor, CpuTensor to) {
    x = from;
    scale = factor;
    sum = to;
    int rows = x.rows();
    int threads = execution.threads();
    blockRows = RowBlocks.size(rows, kernels.stripRows(), threads == 1 ? 1 : 2 * threads, threads);
    long weights = (long) up.inputs() * up.outputs() * up.products();
    weights += (long) down.inputs() * down.outputs();
    execution.run(this, RowBlocks.count(rows, blockRows), rows * weights);
  }

  @Override
  public void run(int item, ThreadScratch scratch) {
    int first = item * blockRows;
    int rows = Math.min(blockRows, x.rows() - first);
    int hiddenPanels = up.panels();
    int products = hiddenPanels * up.products();
    Operand in = scratch.operand().load(scratch.first().at(x, first), rows, up.inputs(), products);
    Strip[] totals = scratch.totals(down.panels());
    for (int panel = 0; panel < hiddenPanels; panel++) {
      up.strip(in, rows, panel, scratch);
      addHidden(panel, rows, totals, scratch);
    }
    for (int panel = 0; panel < down.panels(); panel++) {
      down.activate(totals[panel], rows, panel, scratch);
      int at = sum.row(first) + panel * kernels.panelWidth();
      int cols = down.panelColumns(panel);
      kernels.addStrip(totals[panel], rows, cols, scale, sum.data(), at, sum.stride());
    }
  }

  /** Multiplies the panel of the hidden layer in the scratch's strip. */
  private void addHidden(int hiddenPanel, int rows, Strip[] totals, ThreadScratch scratch) {
    int from = hiddenPanel * kernels.panelWidth();
    int to = from + up.panelColumns(hiddenPanel);
    Strip strip = scratch.strip();
    Rows hidden = scratch.second().at(strip.values(), strip.row(0) - from, kernels.stripStride());
    for (int panel = 0; panel < down.panels(); panel++) {
      down.accumulate(hidden, rows, panel, from, to, totals[panel]);
    }
  }
}

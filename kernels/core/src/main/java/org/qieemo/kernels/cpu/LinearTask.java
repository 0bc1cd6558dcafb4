package org.qieemo.kernels.cpu;

/** out = act(x W^T + b), or sum += scale * that; an item is one panel of columns of some rows. */
final class LinearTask implements ParallelTask {
  private static final int FEWEST_ROWS = 24;
  private static final int ROWS_TOGETHER = 24; // a multiple of the rows of every kernel's tile
  private static final int ITEMS_PER_THREAD = 3;

  private final CpuExecution execution;
  private final CpuKernels kernels;
  private CpuTensor x; // [m, inputs]
  private CpuTensor out; // [m, outputs]
  private CpuLinear layer;
  private boolean add;
  private float scale;
  private int blockRows;
  private int blocks;

  LinearTask(CpuExecution execution, CpuKernels kernels) {
    this.execution = execution;
    this.kernels = kernels;
  }

  void store(CpuTensor from, CpuLinear by, CpuTensor to) {
    add = false;
    start(from, by, to);
  }

  void add(CpuTensor from, CpuLinear by, float factor, CpuTensor to) {
    add = true;
    scale = factor;
    start(from, by, to);
  }

  private void start(CpuTensor from, CpuLinear by, CpuTensor to) {
    x = from;
    layer = by;
    out = to;
    int rows = x.rows();
    int panels = layer.panels();
    blockRows = kernels.stripRows();
    int wanted = ITEMS_PER_THREAD * execution.threads();
    while (panels * ceil(rows, blockRows) < wanted && blockRows >= 2 * FEWEST_ROWS) {
      blockRows /= 2;
    }
    int even = ceil(rows, Math.max(1, ceil(rows, blockRows)));
    blockRows = Math.min(blockRows, Math.max(1, ceil(even, ROWS_TOGETHER)) * ROWS_TOGETHER);
    blocks = ceil(rows, blockRows);
    execution.run(this, panels * blocks, (long) rows * layer.inputs() * layer.outputs());
  }

  private static int ceil(int n, int of) {
    return (n + of - 1) / of;
  }

  @Override
  public void run(int item, ThreadScratch scratch) {
    int panel = item / blocks;
    int first = item % blocks * blockRows;
    int rows = Math.min(blockRows, x.rows() - first);
    layer.strip(scratch.first().at(x, first), rows, panel, scratch);
    int cols = layer.panelColumns(panel);
    int at = out.row(first) + panel * kernels.panelWidth();
    if (add) {
      kernels.addStrip(scratch.strip(), rows, cols, scale, out.data(), at, out.stride());
    } else {
      kernels.storeStrip(scratch.strip(), rows, cols, out.data(), at, out.stride());
    }
  }
}

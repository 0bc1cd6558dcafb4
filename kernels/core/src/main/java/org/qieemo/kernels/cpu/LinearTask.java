package org.qieemo.kernels.cpu;

/**
 * out = act(x W^T + b), or sum += scale * that; an item is some rows by all panels of columns, or
 * by one panel where there are too few rows to share.
 */
final class LinearTask implements ParallelTask {
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
  private int panelsTogether; // of an item: all of them or one

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
    int threads = execution.threads();
    int wanted = threads == 1 ? 1 : ITEMS_PER_THREAD * threads;
    blockRows = RowBlocks.size(rows, kernels.stripRows(), wanted, threads);
    panelsTogether = panels;
    if (RowBlocks.count(rows, blockRows) < wanted) {
      panelsTogether = 1;
      int each = (wanted + panels - 1) / panels;
      blockRows = RowBlocks.size(rows, kernels.stripRows(), each, Math.min(threads, each));
    }
    blocks = RowBlocks.count(rows, blockRows);
    int items = blocks * (panels / panelsTogether);
    execution.run(this, items, (long) rows * layer.inputs() * layer.outputs());
  }

  @Override
  public void run(int item, ThreadScratch scratch) {
    int firstPanel = item / blocks * panelsTogether;
    int first = item % blocks * blockRows;
    int rows = Math.min(blockRows, x.rows() - first);
    Rows in = scratch.first().at(x, first);
    int products = panelsTogether * layer.products();
    Operand operand = scratch.operand().load(in, rows, layer.inputs(), products);
    for (int panel = firstPanel; panel < firstPanel + panelsTogether; panel++) {
      layer.strip(operand, rows, panel, scratch);
      finish(first, rows, panel, scratch);
    }
  }

  private void finish(int first, int rows, int panel, ThreadScratch scratch) {
    int cols = layer.panelColumns(panel);
    int at = out.row(first) + panel * kernels.panelWidth();
    if (add) {
      kernels.addStrip(scratch.strip(), rows, cols, scale, out.data(), at, out.stride());
    } else {
      kernels.storeStrip(scratch.strip(), rows, cols, out.data(), at, out.stride());
    }
  }
}

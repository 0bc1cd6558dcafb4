package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Activation;

/** Ops that work row by row; an item is a block of rows. */
abstract class RowTask implements ParallelTask {
  private static final int BLOCK_ROWS = 16;

  private final CpuExecution execution;
  final CpuKernels kernels;
  private CpuTensor out;

  RowTask(CpuExecution execution, CpuKernels kernels) {
    this.execution = execution;
    this.kernels = kernels;
  }

  /** Runs over the rows of {@code to}; {@code cost} is the work for one element of it. */
  final void start(CpuTensor to, int cost) {
    out = to;
    int items = to.cols() == 0 ? 0 : (to.rows() + BLOCK_ROWS - 1) / BLOCK_ROWS;
    execution.run(this, items, (long) to.rows() * to.cols() * cost);
  }

  @Override
  public final void run(int item, ThreadScratch scratch) {
    int first = item * BLOCK_ROWS;
    rows(first, Math.min(BLOCK_ROWS, out.rows() - first), out, scratch);
  }

  /** Computes {@code count} rows of {@code to} from row {@code first} on. */
  void rows(int first, int count, CpuTensor to, ThreadScratch scratch) {
    for (int r = first; r < first + count; r++) {
      row(r, to, scratch);
    }
  }

  /** Computes row {@code r} of {@code to}. */
  abstract void row(int r, CpuTensor to, ThreadScratch scratch);

  /** out = act(LayerNorm(x)). */
  static final class LayerNorm extends RowTask {
    private CpuTensor x; // [m, width]
    private CpuNorm norm;

    LayerNorm(CpuExecution execution, CpuKernels kernels) {
      super(execution, kernels);
    }

    void start(CpuTensor from, CpuNorm by, CpuTensor to) {
      x = from;
      norm = by;
      start(to, 8);
    }

    @Override
    void rows(int first, int count, CpuTensor to, ThreadScratch scratch) {
      Rows in = scratch.first().at(x, first);
      Rows out = scratch.result().at(to, first);
      kernels.layerNorm(in, count, norm.gamma(), norm.beta(), norm.eps(), out, scratch);
      if (norm.activation() != Activation.NONE) {
        super.rows(first, count, to, scratch);
      }
    }

    @Override
    void row(int r, CpuTensor to, ThreadScratch scratch) {
      kernels.activate(norm.activation(), to.data(), to.row(r), to.cols(), scratch);
    }
  }

  /** out = softmax(x) or log softmax(x). */
  static final class Softmax extends RowTask {
    private CpuTensor x; // [m, n]
    private boolean log;

    Softmax(CpuExecution execution, CpuKernels kernels) {
      super(execution, kernels);
    }

    void start(CpuTensor from, boolean logarithm, CpuTensor to) {
      x = from;
      log = logarithm;
      start(to, 16);
    }

    @Override
    void row(int r, CpuTensor to, ThreadScratch scratch) {
      if (log) {
        kernels.logSoftmax(x.data(), x.row(r), to.data(), to.row(r), to.cols(), scratch);
      } else {
        kernels.softmax(x.data(), x.row(r), to.data(), to.row(r), to.cols(), scratch);
      }
    }
  }

  /** out = alpha x + beta y. */
  static final class ScaledSum extends RowTask {
    private float alpha;
    private CpuTensor x; // [m, n]
    private float beta;
    private CpuTensor y; // [m, n]

    ScaledSum(CpuExecution execution, CpuKernels kernels) {
      super(execution, kernels);
    }

    void start(float ofX, CpuTensor first, float ofY, CpuTensor second, CpuTensor to) {
      alpha = ofX;
      x = first;
      beta = ofY;
      y = second;
      start(to, 4);
    }

    @Override
    void row(int r, CpuTensor to, ThreadScratch scratch) {
      Rows first = scratch.first().at(x, r);
      Rows second = scratch.second().at(y, r);
      kernels.scaledSum(alpha, first, beta, second, scratch.result().at(to, r), to.cols());
    }
  }

  /** out = gate a + (1 - gate) b. */
  static final class GatedSum extends RowTask {
    private CpuTensor gate; // [m, n]
    private CpuTensor a; // [m, n]
    private CpuTensor b; // [m, n]

    GatedSum(CpuExecution execution, CpuKernels kernels) {
      super(execution, kernels);
    }

    void start(CpuTensor by, CpuTensor first, CpuTensor second, CpuTensor to) {
      gate = by;
      a = first;
      b = second;
      start(to, 4);
    }

    @Override
    void row(int r, CpuTensor to, ThreadScratch scratch) {
      Rows gates = scratch.first().at(gate, r);
      Rows first = scratch.second().at(a, r);
      Rows second = scratch.third().at(b, r);
      kernels.gatedSum(gates, first, second, scratch.result().at(to, r), to.cols());
    }
  }
}

package org.qieemo.kernels.cpu;

import java.util.Arrays;
import org.qieemo.kernels.Pooling;
import org.qieemo.kernels.Segments;

/** Pools segments into rows, summing in float64; an item is a segment. */
final class Pooler implements ParallelTask {
  private static final double VARIANCE_FLOOR = 1e-5;

  private final CpuExecution execution;
  private Pooling pooling;
  private CpuTensor x; // [rows, n]
  private CpuTensor scores; // [rows, 1], null but for WEIGHTED
  private Segments segments;
  private CpuTensor out; // [segments, n or 2n]

  Pooler(CpuExecution execution) {
    this.execution = execution;
  }

  void start(Pooling how, CpuTensor from, CpuTensor by, Segments inside, CpuTensor to) {
    pooling = how;
    x = from;
    scores = by;
    segments = inside;
    out = to;
    execution.run(this, segments.count(), (long) x.rows() * x.cols());
  }

  @Override
  public void run(int segment, ThreadScratch scratch) {
    int n = x.cols();
    double[] sums = scratch.sums(2 * n);
    Arrays.fill(sums, 0, 2 * n, 0);
    if (pooling == Pooling.WEIGHTED) {
      weighted(segment, sums);
    } else {
      mean(segment, sums);
    }
    store(sums, 0, segment, 0);
    if (pooling == Pooling.MEAN_STD) {
      deviation(segment, sums);
      store(sums, n, segment, n);
    }
  }

  private void store(double[] sums, int from, int row, int col) {
    int at = out.row(row) + col;
    for (int c = 0; c < x.cols(); c++) {
      out.data()[at + c] = (float) sums[from + c];
    }
  }

  /** sums[c] = mean of column c; an empty segment has 0. */
  private void mean(int segment, double[] sums) {
    int length = segments.length(segment);
    for (int t = 0; t < length; t++) {
      addRow(segments.start(segment) + t, 1, sums);
    }
    divide(sums, 0, Math.max(length, 1));
  }

  private void addRow(int row, double weight, double[] sums) {
    float[] data = x.data();
    int at = x.row(row);
    for (int c = 0; c < x.cols(); c++) {
      sums[c] += weight * data[at + c];
    }
  }

  private void divide(double[] sums, int from, double by) {
    for (int c = from; c < from + x.cols(); c++) {
      sums[c] /= by;
    }
  }

  /** sums[n + c] = sqrt(var + 1e-5) of column c, with the means in sums[c]. */
  private void deviation(int segment, double[] sums) {
    int n = x.cols();
    float[] data = x.data();
    int length = segments.length(segment);
    for (int t = 0; t < length; t++) {
      int at = x.row(segments.start(segment) + t);
      for (int c = 0; c < n; c++) {
        double d = data[at + c] - sums[c];
        sums[n + c] += d * d;
      }
    }
    divide(sums, n, Math.max(length, 1));
    for (int c = n; c < 2 * n; c++) {
      sums[c] = Math.sqrt(sums[c] + VARIANCE_FLOOR);
    }
  }

  /** sums[c] = sum over rows of softmax(scores) x; an empty segment has 0. */
  private void weighted(int segment, double[] sums) {
    int start = segments.start(segment);
    int length = segments.length(segment);
    double top = Double.NEGATIVE_INFINITY;
    for (int t = 0; t < length; t++) {
      top = Math.max(top, scores.data()[scores.row(start + t)]);
    }
    double total = 0;
    for (int t = 0; t < length; t++) {
      double weight = StrictMath.exp(scores.data()[scores.row(start + t)] - top);
      total += weight;
      addRow(start + t, weight, sums);
    }
    divide(sums, 0, length == 0 ? 1 : total);
  }
}

package org.qieemo.kernels.cpu;

import java.util.Arrays;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Segments;

/** Normalises each segment as a whole, summing in float64; an item is a segment. */
final class GroupNormTask implements ParallelTask {
  private static final int COST = 8; // of one element, in multiplications

  private final CpuExecution execution;
  private final CpuKernels kernels;
  private CpuTensor x; // [rows, width]
  private CpuNorm norm;
  private Segments segments;
  private CpuTensor out; // [rows, width]

  GroupNormTask(CpuExecution execution, CpuKernels kernels) {
    this.execution = execution;
    this.kernels = kernels;
  }

  void start(CpuTensor from, CpuNorm by, Segments inside, CpuTensor to) {
    x = from;
    norm = by;
    segments = inside;
    out = to;
    execution.run(this, segments.count(), (long) x.rows() * x.cols() * COST);
  }

  @Override
  public void run(int segment, ThreadScratch scratch) {
    int first = segments.start(segment);
    int end = segments.start(segment + 1);
    double elements = (double) (end - first) * x.cols();
    double[] sums = scratch.sums(x.cols());
    double mean = sum(first, end, sums) / elements;
    double variance = squares(first, end, mean, sums) / elements;
    float factor = (float) (1 / Math.sqrt(variance + norm.eps()));
    for (int r = first; r < end; r++) {
      scaleRow(r, (float) mean, factor);
      if (norm.activation() != Activation.NONE) {
        kernels.activate(norm.activation(), out.data(), out.row(r), out.cols(), scratch);
      }
    }
  }

  /** The sum of all elements; {@code sums} gets those of the columns. */
  private double sum(int first, int end, double[] sums) {
    float[] data = x.data();
    Arrays.fill(sums, 0, x.cols(), 0);
    for (int r = first; r < end; r++) {
      int at = x.row(r);
      for (int c = 0; c < x.cols(); c++) {
        sums[c] += data[at + c];
      }
    }
    return total(sums);
  }

  /** The sum of all squared distances from the mean. */
  private double squares(int first, int end, double mean, double[] sums) {
    float[] data = x.data();
    Arrays.fill(sums, 0, x.cols(), 0);
    for (int r = first; r < end; r++) {
      int at = x.row(r);
      for (int c = 0; c < x.cols(); c++) {
        double d = data[at + c] - mean;
        sums[c] += d * d;
      }
    }
    return total(sums);
  }

  private double total(double[] sums) {
    double total = 0;
    for (int c = 0; c < x.cols(); c++) {
      total += sums[c];
    }
    return total;
  }

  private void scaleRow(int r, float mean, float factor) {
    float[] from = x.data();
    float[] to = out.data();
    int in = x.row(r);
    int at = out.row(r);
    float[] gamma = norm.gamma();
    float[] beta = norm.beta();
    for (int c = 0; c < x.cols(); c++) {
      to[at + c] = (from[in + c] - mean) * factor * gamma[c] + beta[c];
    }
  }
}

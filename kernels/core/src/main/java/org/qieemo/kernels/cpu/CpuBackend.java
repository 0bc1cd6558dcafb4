package org.qieemo.kernels.cpu;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Attention;
import org.qieemo.kernels.AttentionSpec;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.DepthwiseConv;
import org.qieemo.kernels.DepthwiseSpec;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;

/**
 * The CPU: one set of kernels, one pool of threads for all executions, which other back ends may
 * use too. Thread-safe.
 */
final class CpuBackend implements Backend {
  private final CpuKernels kernels;
  private final SharedPool pool;
  private final Arena weights;
  private final String description;
  private volatile boolean closed;

  /**
   * Starts the threads, unless a back end of the same kind has.
   *
   * @param remark why these kernels were chosen, empty if there is nothing to say
   */
  CpuBackend(CpuKernels kernels, int threads, String remark) {
    this.kernels = kernels;
    weights = kernels.newArena();
    pool = new SharedPool(kernels, threads);
    String count = threads == 1 ? "1 thread" : threads + " threads";
    String reason = remark.isEmpty() ? "" : ": " + remark;
    description = "CPU, " + kernels.name() + ", " + count + reason;
  }

  CpuKernels kernels() {
    return kernels;
  }

  /** Memory of the weights of all models on this back end. */
  Arena weights() {
    return weights;
  }

  WorkerPool pool() {
    return pool.workers();
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this CPU back end is closed");
    }
  }

  @Override
  public String name() {
    return CpuBackendProvider.NAME;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public Linear linear(HostTensor weight, HostTensor bias, Activation activation) {
    requireOpen();
    return new CpuLinear(this, weight, bias, activation);
  }

  @Override
  public Norm layerNorm(HostTensor gamma, HostTensor beta, float eps, Activation activation) {
    requireOpen();
    return CpuNorm.of(this, gamma, beta, eps, activation);
  }

  @Override
  public DepthwiseConv depthwiseConv(DepthwiseSpec spec) {
    requireOpen();
    return new CpuDepthwise(spec);
  }

  @Override
  public Conv2d conv2d(HostTensor weight, HostTensor bias, Conv2dGeometry geometry) {
    requireOpen();
    return CpuConv2d.of(this, weight, bias, geometry);
  }

  @Override
  public Attention attention(AttentionSpec spec) {
    requireOpen();
    return new CpuAttention(spec);
  }

  @Override
  public Execution newExecution() {
    requireOpen();
    return new CpuExecution(this);
  }

  @Override
  public void close() {
    closed = true;
    pool.close();
  }
}

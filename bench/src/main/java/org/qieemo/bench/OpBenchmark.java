package org.qieemo.bench;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Tensor;

/** One op on one thread of the CPU, on both providers; what the benchmarks of ops share. */
@State(Scope.Benchmark)
public abstract class OpBenchmark {
  /** Which kernels run. */
  @Param({"vector", "plain"})
  public String kernels;

  Backend backend;
  Execution execution;

  /** Opens the back end that the parameter names. */
  void open() {
    System.setProperty("qieemo.cpu.kernels", kernels);
    backend = Backends.open("cpu", new BackendOptions(1));
    execution = backend.newExecution();
  }

  /** A tensor of made-up values. */
  Tensor random(int rows, int cols, long seed) {
    Tensor tensor = execution.take(rows, cols);
    execution.write(Numbers.random(rows * cols, seed), 0, tensor);
    return tensor;
  }

  /** A weight of made-up values. */
  static HostTensor weight(long seed, int... shape) {
    int elements = 1;
    for (int size : shape) {
      elements *= size;
    }
    return HostTensor.of("weight", shape, Numbers.random(elements, seed));
  }

  /** All values of a tensor, row-major. */
  float[] read(Tensor tensor) {
    float[] values = new float[tensor.rows() * tensor.cols()];
    execution.read(tensor, values, 0);
    return values;
  }

  /** Stops the run where an op gives a wrong number. */
  static void require(double expected, float found) {
    if (!(Math.abs(expected - found) <= 1e-4 + 1e-4 * Math.abs(expected))) {
      throw new IllegalStateException("wrong result " + found + " for " + expected);
    }
  }

  /** Frees the buffers. */
  @TearDown
  public void close() {
    execution.close();
    backend.close();
  }
}

package org.qieemo.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Tensor;

/** A linear layer, the op that takes most of a forward: one thread, both providers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class LinearBenchmark {
  /** Which kernels run. */
  @Param({"vector", "plain"})
  public String kernels;

  /** rows x inputs x outputs. */
  @Param({"125x160x512", "125x512x160", "100x256x2048", "400x512x512"})
  public String shape;

  private Backend backend;
  private Execution execution;
  private Linear layer;
  private Tensor x;
  private Tensor y;

  /** Prepares the layer and checks its result before anything is timed. */
  @Setup
  public void prepare() {
    System.setProperty("qieemo.cpu.kernels", kernels);
    String[] sizes = shape.split("x");
    int rows = Integer.parseInt(sizes[0]);
    int inputs = Integer.parseInt(sizes[1]);
    int outputs = Integer.parseInt(sizes[2]);
    float[] weights = Numbers.random(outputs * inputs, 1);
    float[] values = Numbers.random(rows * inputs, 2);
    backend = Backends.open("cpu", new BackendOptions(1));
    HostTensor weight = HostTensor.of("w", new int[] {outputs, inputs}, weights);
    layer = backend.linear(weight, null, Activation.NONE);
    execution = backend.newExecution();
    x = execution.take(rows, inputs);
    y = execution.take(rows, outputs);
    execution.write(values, 0, x);
    execution.linear(x, layer, y);
    check(weights, values, inputs, outputs);
  }

  private void check(float[] weights, float[] values, int inputs, int outputs) {
    float[] found = new float[y.rows() * outputs];
    execution.read(y, found, 0);
    for (int i = 0; i < found.length; i++) {
      double expected = 0;
      for (int k = 0; k < inputs; k++) {
        int row = i / outputs;
        expected += (double) values[row * inputs + k] * weights[i % outputs * inputs + k];
      }
      if (Math.abs(expected - found[i]) > 1e-3) {
        throw new IllegalStateException("wrong result " + found[i] + " for " + expected);
      }
    }
  }

  /** One product. */
  @Benchmark
  public void linear() {
    execution.linear(x, layer, y);
  }

  /** Frees the buffers. */
  @TearDown
  public void close() {
    execution.close();
    backend.close();
  }
}

package org.qieemo.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;
import org.qieemo.converter.gguf.Quantizer;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Tensor;

/** A linear layer, the op that takes most of a forward. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class LinearBenchmark extends OpBenchmark {
  /** rows x inputs x outputs. */
  @Param({"125x160x512", "100x256x2048", "398x256x2048", "398x2048x256", "398x256x256"})
  public String shape;

  /** Storage type of the weights. */
  @Param({"F32", "Q8_0"})
  public DType weights;

  private Linear layer;
  private Tensor x;
  private Tensor y;
  private double work;

  /** Prepares the layer and checks its result before anything is timed. */
  @Setup
  public void prepare() {
    open();
    String[] sizes = shape.split("x");
    int rows = Integer.parseInt(sizes[0]);
    int inputs = Integer.parseInt(sizes[1]);
    int outputs = Integer.parseInt(sizes[2]);
    float[] made = Numbers.random(outputs * inputs, 1);
    HostTensor weight =
        new HostTensor(
            "weight", weights, new int[] {outputs, inputs}, Quantizer.encode(weights, made));
    layer = backend.linear(weight, null, Activation.NONE);
    x = random(rows, inputs, 2);
    y = execution.take(rows, outputs);
    work = 2.0 * rows * inputs * outputs;
    execution.linear(x, layer, y);
    check(weight.toFloats(), inputs, outputs);
  }

  private void check(float[] weight, int inputs, int outputs) {
    float[] values = read(x);
    float[] found = read(y);
    for (int i = 0; i < found.length; i++) {
      double expected = 0;
      for (int k = 0; k < inputs; k++) {
        expected += (double) values[i / outputs * inputs + k] * weight[i % outputs * inputs + k];
      }
      require(expected, found[i]);
    }
  }

  /** One product. */
  @Benchmark
  public void linear(Flops counter) {
    execution.linear(x, layer, y);
    counter.flops += work;
  }
}

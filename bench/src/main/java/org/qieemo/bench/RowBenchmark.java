package org.qieemo.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;

/** Ops that go over memory: LayerNorm [398, 256] and the posteriorgram's softmax [398, 5000]. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class RowBenchmark extends OpBenchmark {
  private static final int ROWS = 398;
  private static final int WIDTH = 256;
  private static final int VOCABULARY = 5000;
  private static final float EPS = 1e-5f;

  private Norm norm;
  private Tensor x;
  private Tensor y;
  private Tensor logits;
  private Tensor probabilities;

  /** Prepares the inputs and checks some rows before anything is timed. */
  @Setup
  public void prepare() {
    open();
    norm = backend.layerNorm(weight(1, WIDTH), weight(2, WIDTH), EPS, Activation.NONE);
    x = random(ROWS, WIDTH, 3);
    y = execution.take(ROWS, WIDTH);
    logits = random(ROWS, VOCABULARY, 4);
    probabilities = execution.take(ROWS, VOCABULARY);
    layerNorm(new Bytes());
    softmax(new Bytes());
    for (int row : new int[] {0, 17, ROWS - 1}) {
      checkLayerNorm(row);
      checkSoftmax(row);
    }
  }

  private void checkLayerNorm(int row) {
    float[] from = read(x);
    float[] found = read(y);
    double mean = 0;
    double variance = 0;
    for (int c = 0; c < WIDTH; c++) {
      mean += from[row * WIDTH + c] / (double) WIDTH;
    }
    for (int c = 0; c < WIDTH; c++) {
      variance += Math.pow(from[row * WIDTH + c] - mean, 2) / WIDTH;
    }
    float[] gamma = Numbers.random(WIDTH, 1);
    float[] beta = Numbers.random(WIDTH, 2);
    for (int c = 0; c < WIDTH; c++) {
      double normal = (from[row * WIDTH + c] - mean) / Math.sqrt(variance + EPS);
      require(normal * gamma[c] + beta[c], found[row * WIDTH + c]);
    }
  }

  private void checkSoftmax(int row) {
    float[] from = read(logits);
    float[] found = read(probabilities);
    double total = 0;
    for (int c = 0; c < VOCABULARY; c++) {
      total += Math.exp(from[row * VOCABULARY + c]);
    }
    for (int c = 0; c < VOCABULARY; c++) {
      require(
          1, (float) (found[row * VOCABULARY + c] * total / Math.exp(from[row * VOCABULARY + c])));
    }
  }

  /** One LayerNorm. */
  @Benchmark
  public void layerNorm(Bytes counter) {
    execution.layerNorm(x, norm, y);
    counter.bytes += 8.0 * ROWS * WIDTH;
  }

  /** One softmax. */
  @Benchmark
  public void softmax(Bytes counter) {
    execution.softmax(logits, probabilities);
    counter.bytes += 8.0 * ROWS * VOCABULARY;
  }
}

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
import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.DepthwiseConv;
import org.qieemo.kernels.DepthwiseSpec;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.Tensor;

/** The depthwise convolution over 16 s, and the second convolution of the subsampling over 4 s. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class ConvolutionBenchmark extends OpBenchmark {
  private static final int CHANNELS = 256;
  private static final int TAPS = 15;
  private static final int FRAMES = 398;
  private static final int IN_FRAMES = 199;
  private static final Conv2dGeometry GEOMETRY =
      new Conv2dGeometry(3, 2, 0, CHANNELS, CHANNELS, 39);

  private DepthwiseConv depthwise;
  private Tensor x;
  private Tensor y;
  private Segments steps;
  private Conv2d conv2d;
  private Tensor image;
  private Tensor features;
  private Segments in;
  private Segments out;

  /** Prepares both and checks some results before anything is timed. */
  @Setup
  public void prepare() {
    open();
    depthwise =
        backend.depthwiseConv(
            new DepthwiseSpec(
                weight(1, CHANNELS, TAPS), weight(2, CHANNELS), TAPS / 2, null, Activation.NONE));
    x = random(FRAMES, CHANNELS, 3);
    y = execution.take(FRAMES, CHANNELS);
    steps = Segments.single(FRAMES);
    conv2d = backend.conv2d(weight(4, CHANNELS, 3, 3, CHANNELS), weight(5, CHANNELS), GEOMETRY);
    in = Segments.single(IN_FRAMES);
    out = Segments.single(GEOMETRY.outputFrames(IN_FRAMES));
    image = random(IN_FRAMES * GEOMETRY.inputBins(), CHANNELS, 6);
    features = execution.take(out.rows() * GEOMETRY.outputBins(), CHANNELS);
    overTime(new Flops());
    overTimeAndFrequency(new Flops());
    checkDepthwise();
    checkConv2d();
  }

  private void checkDepthwise() {
    float[] from = read(x);
    float[] found = read(y);
    float[] w = Numbers.random(CHANNELS * TAPS, 1);
    float[] b = Numbers.random(CHANNELS, 2);
    for (int i = 0; i < found.length; i += 101) {
      int t = i / CHANNELS;
      int c = i % CHANNELS;
      double expected = b[c];
      for (int k = 0; k < TAPS; k++) {
        int row = t - TAPS / 2 + k;
        boolean inside = row >= 0 && row < FRAMES;
        expected += inside ? (double) w[c * TAPS + k] * from[row * CHANNELS + c] : 0;
      }
      require(expected, found[i]);
    }
  }

  private void checkConv2d() {
    float[] from = read(image);
    float[] found = read(features);
    float[] w = Numbers.random(CHANNELS * 9 * CHANNELS, 4);
    float[] b = Numbers.random(CHANNELS, 5);
    for (int i = 0; i < found.length; i += 10_007) {
      int row = i / CHANNELS;
      int t = 2 * (row / GEOMETRY.outputBins());
      int bin = 2 * (row % GEOMETRY.outputBins());
      double expected = b[i % CHANNELS];
      for (int tap = 0; tap < 9; tap++) {
        int at = ((t + tap / 3) * GEOMETRY.inputBins() + bin + tap % 3) * CHANNELS;
        for (int c = 0; c < CHANNELS; c++) {
          expected += (double) w[(i % CHANNELS * 9 + tap) * CHANNELS + c] * from[at + c];
        }
      }
      require(Math.max(expected, 0), found[i]);
    }
  }

  /** One depthwise convolution. */
  @Benchmark
  public void overTime(Flops counter) {
    execution.depthwiseConv(x, depthwise, steps, y);
    counter.flops += 2.0 * FRAMES * CHANNELS * TAPS;
  }

  /** One convolution of 256 channels, kernel 3, stride 2. */
  @Benchmark
  public void overTimeAndFrequency(Flops counter) {
    execution.conv2d(image, conv2d, in, features, out);
    counter.flops += 2.0 * features.rows() * CHANNELS * CHANNELS * 9;
  }
}

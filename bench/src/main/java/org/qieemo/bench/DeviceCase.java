package org.qieemo.bench;

import java.util.List;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.AttentionMask;
import org.qieemo.kernels.AttentionSpec;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.DepthwiseSpec;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Pooling;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.Tensor;

/**
 * One op at a size that a Conformer has, with what it must at least do.
 *
 * @param name the op
 * @param shape its sizes, for people
 * @param flops multiplications and additions
 * @param bytes read and written once each
 * @param op takes its tensors and gives what runs
 */
record DeviceCase(String name, String shape, double flops, double bytes, Op op) {
  static final int WIDTH = 512;
  private static final int HEADS = 8;
  static final int TAPS = 15;
  private static final int HIDDEN = 2048;
  private static final int TOKENS = 5000;
  private static final int BINS = 39;
  private static final int CHANNELS = 64;
  private static final int POOLED = 375;

  /** An op whose tensors are taken. */
  interface Op {
    Prepared prepare(Backend backend, Execution execution);
  }

  /**
   * What runs, again and again.
   *
   * @param out its result
   * @param run one run
   */
  record Prepared(Tensor out, Runnable run) {}

  /** The ops of a model of width 512 over so many encoder frames. */
  static List<DeviceCase> all(int frames) {
    return List.of(
        linear(frames, Activation.SWISH),
        linear(frames, Activation.GLU),
        linearAdd(frames),
        layerNorm(frames),
        softmax(frames),
        scaledSum(frames),
        depthwise(frames),
        ModuleCase.batchNorm(frames),
        attention(frames),
        conv2d(frames),
        pool(frames));
  }

  /** The ops that mostly wait for memory. */
  static List<DeviceCase> memoryBound(int frames) {
    return List.of(
        layerNorm(frames), softmax(frames), scaledSum(frames), depthwise(frames), pool(frames));
  }

  /** The matrix products. */
  static List<DeviceCase> products(int frames) {
    return List.of(
        linear(frames, Activation.SWISH),
        linear(frames, Activation.GLU),
        linearAdd(frames),
        conv2d(frames));
  }

  static HostTensor weight(long seed, int... shape) {
    int count = 1;
    for (int size : shape) {
      count *= size;
    }
    float[] values = Numbers.random(count, seed);
    for (int i = 0; i < count; i++) {
      values[i] *= 0.1f;
    }
    return HostTensor.of("w", shape, values);
  }

  private static Tensor input(Execution e, int rows, int cols, long seed) {
    Tensor tensor = e.take(rows, cols);
    e.write(Numbers.random(rows * cols, seed), 0, tensor);
    return tensor;
  }

  static double floats(double... counts) {
    double sum = 0;
    for (double count : counts) {
      sum += count;
    }
    return 4 * sum;
  }

  private static DeviceCase linear(int m, Activation activation) {
    boolean glu = activation == Activation.GLU;
    int outputs = glu ? WIDTH : HIDDEN;
    int rows = glu ? 2 * WIDTH : HIDDEN;
    return new DeviceCase(
        glu ? "linear_glu" : "linear",
        m + " x " + WIDTH + " x " + rows,
        2.0 * m * WIDTH * rows,
        floats((double) m * WIDTH, (double) WIDTH * rows, (double) m * outputs),
        (backend, e) -> {
          var layer = backend.linear(weight(1, rows, WIDTH), weight(2, rows), activation);
          Tensor x = input(e, m, WIDTH, 3);
          Tensor out = e.take(m, outputs);
          return new Prepared(out, () -> e.linear(x, layer, out));
        });
  }

  /** A product as others quote it: n^3, without activation. */
  static DeviceCase square(int n) {
    return new DeviceCase(
        "linear",
        n + " x " + n + " x " + n,
        2.0 * n * n * n,
        floats((double) n * n, (double) n * n, (double) n * n),
        (backend, e) -> {
          var layer = backend.linear(weight(1, n, n), null, Activation.NONE);
          Tensor x = input(e, n, n, 3);
          Tensor out = e.take(n, n);
          return new Prepared(out, () -> e.linear(x, layer, out));
        });
  }

  private static DeviceCase linearAdd(int m) {
    return new DeviceCase(
        "linear_add",
        m + " x " + HIDDEN + " x " + WIDTH,
        2.0 * m * WIDTH * HIDDEN,
        floats((double) m * HIDDEN, (double) WIDTH * HIDDEN, 2.0 * m * WIDTH),
        (backend, e) -> {
          var layer = backend.linear(weight(1, WIDTH, HIDDEN), null, Activation.NONE);
          Tensor x = input(e, m, HIDDEN, 3);
          Tensor out = input(e, m, WIDTH, 4);
          return new Prepared(out, () -> e.linearAdd(x, layer, 0.5f, out));
        });
  }

  private static DeviceCase layerNorm(int m) {
    return new DeviceCase(
        "layer_norm",
        m + " x " + WIDTH,
        8.0 * m * WIDTH,
        floats(2.0 * m * WIDTH, 2.0 * WIDTH),
        (backend, e) -> {
          var norm = backend.layerNorm(weight(1, WIDTH), weight(2, WIDTH), 1e-5f, Activation.NONE);
          Tensor x = input(e, m, WIDTH, 3);
          Tensor out = e.take(m, WIDTH);
          return new Prepared(out, () -> e.layerNorm(x, norm, out));
        });
  }

  private static DeviceCase softmax(int m) {
    return new DeviceCase(
        "softmax",
        m + " x " + TOKENS,
        4.0 * m * TOKENS,
        floats(2.0 * m * TOKENS),
        (backend, e) -> {
          Tensor x = input(e, m, TOKENS, 3);
          Tensor out = e.take(m, TOKENS);
          return new Prepared(out, () -> e.softmax(x, out));
        });
  }

  private static DeviceCase scaledSum(int m) {
    return new DeviceCase(
        "scaled_sum",
        m + " x " + WIDTH,
        3.0 * m * WIDTH,
        floats(3.0 * m * WIDTH),
        (backend, e) -> {
          Tensor x = input(e, m, WIDTH, 3);
          Tensor y = input(e, m, WIDTH, 4);
          Tensor out = e.take(m, WIDTH);
          return new Prepared(out, () -> e.scaledSum(0.5f, x, 2f, y, out));
        });
  }

  private static DeviceCase depthwise(int m) {
    return new DeviceCase(
        "depthwise",
        m + " x " + WIDTH + ", " + TAPS + " taps",
        2.0 * m * WIDTH * TAPS,
        floats(2.0 * m * WIDTH, (double) TAPS * WIDTH),
        (backend, e) -> {
          var spec =
              new DepthwiseSpec(
                  weight(1, WIDTH, TAPS), weight(2, WIDTH), TAPS / 2, null, Activation.SWISH);
          var conv = backend.depthwiseConv(spec);
          Segments segments = Segments.single(m);
          Tensor x = input(e, m, WIDTH, 3);
          Tensor out = e.take(m, WIDTH);
          return new Prepared(out, () -> e.depthwiseConv(x, conv, segments, out));
        });
  }

  /** Scores, position term and values: three products of m x m x WIDTH. */
  private static DeviceCase attention(int m) {
    return new DeviceCase(
        "attention",
        m + " x " + WIDTH + ", " + HEADS + " heads, relative",
        6.0 * m * m * WIDTH,
        floats(6.0 * m * WIDTH),
        (backend, e) -> {
          HostTensor bias = weight(1, HEADS, WIDTH / HEADS);
          var attention =
              backend.attention(
                  new AttentionSpec(
                      WIDTH, HEADS, PositionTerm.RELATIVE, bias, bias, AttentionMask.FULL));
          Segments segments = Segments.single(m);
          Tensor q = input(e, m, WIDTH, 3);
          Tensor kv = input(e, m, 2 * WIDTH, 4);
          Tensor p = input(e, 2 * m - 1, WIDTH, 5);
          Tensor out = e.take(m, WIDTH);
          return new Prepared(out, () -> e.attention(attention, q, kv, p, segments, out));
        });
  }

  private static DeviceCase conv2d(int m) {
    Conv2dGeometry g = new Conv2dGeometry(3, 2, 0, CHANNELS, CHANNELS, BINS);
    int frames = 2 * m + 1;
    int outRows = m * g.outputBins();
    return new DeviceCase(
        "conv2d",
        frames + " x " + BINS + " x " + CHANNELS + " to " + CHANNELS,
        2.0 * outRows * CHANNELS * CHANNELS * 9,
        floats(
            (double) frames * BINS * CHANNELS,
            9.0 * CHANNELS * CHANNELS,
            (double) outRows * CHANNELS),
        (backend, e) -> {
          var conv = backend.conv2d(weight(1, CHANNELS, 3, 3, CHANNELS), weight(2, CHANNELS), g);
          Segments in = Segments.single(frames);
          Segments result = Segments.single(m);
          Tensor x = input(e, frames * BINS, CHANNELS, 3);
          Tensor out = e.take(outRows, CHANNELS);
          return new Prepared(out, () -> e.conv2d(x, conv, in, out, result));
        });
  }

  /** Of segments of 15 s. */
  private static DeviceCase pool(int m) {
    Segments segments = new Segments();
    for (int left = m; left > 0; left -= POOLED) {
      segments.add(Math.min(left, POOLED));
    }
    return new DeviceCase(
        "pool",
        m + " x " + WIDTH,
        2.0 * m * WIDTH,
        floats((double) m * WIDTH, (double) segments.count() * WIDTH),
        (backend, e) -> {
          Tensor x = input(e, m, WIDTH, 3);
          Tensor out = e.take(segments.count(), WIDTH);
          return new Prepared(out, () -> e.pool(Pooling.MEAN, x, null, segments, out));
        });
  }
}

package org.qieemo.kernels;

/**
 * Every op once, in the order of a small Conformer block with a front end, a head and a gate: for
 * tests of what must hold for any sequence of ops.
 */
final class Sequence {
  private static final int BINS = 12;
  private static final int CHANNELS = 10;
  private static final int WIDTH = 72;
  private static final int LABELS = 5;

  private final Conv2dGeometry geometry = new Conv2dGeometry(3, 2, 0, 1, CHANNELS, BINS);
  private final Conv2d conv;
  private final Linear project;
  private final Norm norm;
  private final Linear up;
  private final Linear down;
  private final Linear qkv;
  private final Attention relative;
  private final Attention key;
  private final Linear glu;
  private final DepthwiseConv depthwise;
  private final Linear gate;
  private final Linear head;

  Sequence(Backend backend) {
    int patch = geometry.outputBins() * CHANNELS;
    conv =
        backend.conv2d(
            HostTensor.of("c", new int[] {CHANNELS, 3, 3, 1}, random(CHANNELS, 9).values),
            bias(CHANNELS),
            geometry);
    project = backend.linear(random(WIDTH, patch).weight(), bias(WIDTH), Activation.NONE);
    norm = backend.layerNorm(bias(WIDTH), bias(WIDTH), 1e-5f, Activation.NONE);
    up = backend.linear(random(4 * WIDTH, WIDTH).weight(), bias(4 * WIDTH), Activation.SWISH);
    down = backend.linear(random(WIDTH, 4 * WIDTH).weight(), bias(WIDTH), Activation.NONE);
    qkv = backend.linear(random(3 * WIDTH, WIDTH).weight(), null, Activation.NONE);
    relative = backend.attention(spec(PositionTerm.RELATIVE, AttentionMask.FULL));
    key = backend.attention(spec(PositionTerm.KEY, new AttentionMask(8, 2)));
    glu = backend.linear(random(2 * WIDTH, WIDTH).weight(), null, Activation.GLU);
    depthwise =
        backend.depthwiseConv(
            new DepthwiseSpec(random(WIDTH, 7).weight(), bias(WIDTH), 3, null, Activation.SWISH));
    gate = backend.linear(random(WIDTH, WIDTH).weight(), null, Activation.SIGMOID);
    head = backend.linear(random(LABELS, WIDTH).weight(), bias(LABELS), Activation.TANH);
  }

  private static AttentionSpec spec(PositionTerm term, AttentionMask mask) {
    return new AttentionSpec(
        WIDTH, 4, term, random(4, WIDTH / 4).weight(), random(4, WIDTH / 4).weight(), mask);
  }

  private static Matrix random(int rows, int cols) {
    return Matrix.random(rows, cols, rows * 31L + cols).times((float) (1 / Math.sqrt(cols)));
  }

  private static HostTensor bias(int n) {
    return Matrix.random(1, n, n).vector();
  }

  /** Host buffers of a run, so that it takes nothing from the heap itself. */
  static final class Inputs {
    final Segments frames = new Segments();
    final Segments steps = new Segments();
    final float[] samples;
    final float[] positions;
    final float[] frameLabels;
    final float[] pooled;

    /** Segments of so many feature frames; utterance i has the samples of {@code seeds[i]}. */
    Inputs(int[] lengths, int[] seeds, int longestSteps) {
      Conv2dGeometry geometry = new Conv2dGeometry(3, 2, 0, 1, CHANNELS, BINS);
      for (int length : lengths) {
        frames.add(length);
        steps.add(geometry.outputFrames(length));
      }
      samples = new float[frames.rows() * BINS];
      for (int i = 0; i < lengths.length; i++) {
        Matrix m = Matrix.random(lengths[i], BINS, seeds[i]);
        System.arraycopy(m.values, 0, samples, frames.start(i) * BINS, m.values.length);
      }
      positions = Matrix.random(2 * longestSteps - 1, WIDTH, 99).values;
      frameLabels = new float[steps.rows() * LABELS];
      pooled = new float[steps.count() * 4 * LABELS];
    }
  }

  /** Runs all ops; the results are in {@code frameLabels} and {@code pooled}. */
  void run(Execution e, Inputs in) {
    int mark = e.mark();
    int rows = in.steps.rows();
    Tensor samples = e.take(in.frames.rows() * BINS, 1);
    e.write(in.samples, 0, samples);
    Tensor patches = e.take(rows * geometry.outputBins(), CHANNELS);
    e.conv2d(samples, conv, in.frames, patches, in.steps);
    Tensor x = e.take(rows, WIDTH);
    e.linear(e.reshape(patches, rows, geometry.outputBins() * CHANNELS), project, x);
    Tensor n = e.take(rows, WIDTH);
    feedForward(e, x, n);
    attend(e, in, x, n);
    Tensor m = e.take(rows, WIDTH);
    e.layerNorm(x, norm, n);
    e.linear(n, glu, m);
    e.depthwiseConv(m, depthwise, in.steps, n);
    e.groupNorm(n, norm, in.steps, n);
    e.linearAdd(n, gate, 0.5f, x);
    e.linear(x, gate, m);
    e.gatedSum(m, x, n, x);
    classify(e, in, x);
    e.release(mark);
  }

  private void feedForward(Execution e, Tensor x, Tensor n) {
    int mark = e.mark();
    Tensor hidden = e.take(x.rows(), 4 * WIDTH);
    e.layerNorm(x, norm, n);
    e.linear(n, up, hidden);
    e.linearAdd(hidden, down, 0.5f, x);
    e.release(mark);
  }

  private void attend(Execution e, Inputs in, Tensor x, Tensor n) {
    int mark = e.mark();
    Tensor all = e.take(x.rows(), 3 * WIDTH);
    Tensor positions = e.take(in.positions.length / WIDTH, WIDTH);
    e.write(in.positions, 0, positions);
    e.linear(x, qkv, all);
    Tensor q = e.columns(all, 0, WIDTH);
    Tensor kv = e.columns(all, WIDTH, 2 * WIDTH);
    e.attention(relative, q, kv, positions, in.steps, n);
    e.scaledSum(1f, x, 0.5f, n, x);
    e.attention(key, q, kv, positions, in.steps, n);
    e.scaledSum(1f, n, 1f, x, x);
    e.release(mark);
  }

  private void classify(Execution e, Inputs in, Tensor x) {
    Tensor labels = e.take(x.rows(), LABELS);
    e.linear(x, head, labels);
    Tensor score = e.take(x.rows(), LABELS);
    e.logSoftmax(labels, score);
    e.read(score, in.frameLabels, 0);
    e.softmax(labels, labels);
    Tensor pooled = e.take(in.steps.count(), 4 * LABELS);
    e.pool(Pooling.MEAN, labels, null, in.steps, e.columns(pooled, 0, LABELS));
    e.pool(Pooling.MEAN_STD, labels, null, in.steps, e.columns(pooled, LABELS, 2 * LABELS));
    Tensor column = e.columns(score, 1, 1);
    e.pool(Pooling.WEIGHTED, labels, column, in.steps, e.columns(pooled, 3 * LABELS, LABELS));
    e.read(e.rows(pooled, 0, pooled.rows()), in.pooled, 0);
  }
}

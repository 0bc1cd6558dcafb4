package org.qieemo.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Attention;
import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.DepthwiseConv;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Pooling;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.ShapeException;
import org.qieemo.kernels.Tensor;

/** Checks every op's shapes, then hands it to the task that does it. Not thread-safe. */
final class CpuExecution implements Execution {
  /** Multiplications that are sooner done alone than shared. */
  private static final long WORTH_SHARING = 1 << 17;

  private final CpuBackend backend;
  private final ThreadScratch scratch;
  private final List<CpuTensor> slots = new ArrayList<>();
  private final LinearTask linear;
  private final FeedForwardTask feedForward;
  private final RowTask.LayerNorm layerNorm;
  private final RowTask.Softmax softmax;
  private final RowTask.ScaledSum scaledSum;
  private final RowTask.GatedSum gatedSum;
  private final AttentionTask attention;
  private final DepthwiseTask depthwise;
  private final Conv2dTask conv2d;
  private final Pooler pooler;
  private int top;
  private boolean closed;

  CpuExecution(CpuBackend backend) {
    this.backend = backend;
    CpuKernels kernels = backend.kernels();
    scratch = new ThreadScratch(kernels);
    linear = new LinearTask(this, kernels);
    feedForward = new FeedForwardTask(this, kernels);
    layerNorm = new RowTask.LayerNorm(this, kernels);
    softmax = new RowTask.Softmax(this, kernels);
    scaledSum = new RowTask.ScaledSum(this, kernels);
    gatedSum = new RowTask.GatedSum(this, kernels);
    attention = new AttentionTask(this, kernels);
    depthwise = new DepthwiseTask(this, kernels);
    conv2d = new Conv2dTask(this, kernels);
    pooler = new Pooler(this);
  }

  /** Runs a region, shared among the threads when {@code work} multiplications are worth it. */
  void run(ParallelTask task, int items, long work) {
    if (work < WORTH_SHARING) {
      for (int i = 0; i < items; i++) {
        task.run(i, scratch);
      }
    } else {
      backend.pool().run(task, items, scratch);
    }
  }

  int threads() {
    return backend.pool().threads();
  }

  @Override
  public Tensor take(int rows, int cols) {
    requireOpen();
    return slot().own(rows, cols);
  }

  @Override
  public Tensor columns(Tensor tensor, int from, int count) {
    CpuTensor t = mine("columns", tensor);
    requireRange("columns", from, count, t.cols());
    return slot().view(t.data(), t.offset() + from, t.rows(), count, t.stride());
  }

  @Override
  public Tensor rows(Tensor tensor, int from, int count) {
    CpuTensor t = mine("rows", tensor);
    requireRange("rows", from, count, t.rows());
    return slot().view(t.data(), t.row(from), count, t.cols(), t.stride());
  }

  @Override
  public Tensor reshape(Tensor tensor, int rows, int cols) {
    CpuTensor t = mine("reshape", tensor);
    if (!t.dense()) {
      throw new ShapeException("reshape: the rows of the tensor lie apart, take it whole");
    }
    requireSize("reshape", "elements", (long) t.rows() * t.cols(), (long) rows * cols);
    if (rows < 0 || cols < 0) {
      throw new ShapeException("reshape: " + rows + " x " + cols + " is no size");
    }
    return slot().view(t.data(), t.offset(), rows, cols, cols);
  }

  @Override
  public Tensor constant(float[] values, int firstRow, int rows, int cols) {
    requireOpen();
    requireRange("constant", firstRow, rows, cols == 0 ? 0 : values.length / cols);
    return slot().view(values, firstRow * cols, rows, cols, cols);
  }

  private CpuTensor slot() {
    if (top == slots.size()) {
      slots.add(new CpuTensor(this));
    }
    return slots.get(top++);
  }

  @Override
  public int mark() {
    return top;
  }

  @Override
  public void release(int mark) {
    if (mark < 0 || mark > top) {
      throw new IllegalArgumentException("mark " + mark + " is not within the " + top + " taken");
    }
    top = mark;
  }

  @Override
  public void write(float[] from, int offset, Tensor to) {
    CpuTensor t = mine("write", to);
    requireHost("write", from, offset, t);
    for (int r = 0; r < t.rows(); r++) {
      System.arraycopy(from, offset + r * t.cols(), t.data(), t.row(r), t.cols());
    }
  }

  @Override
  public void read(Tensor from, float[] to, int offset) {
    CpuTensor t = mine("read", from);
    requireHost("read", to, offset, t);
    for (int r = 0; r < t.rows(); r++) {
      System.arraycopy(t.data(), t.row(r), to, offset + r * t.cols(), t.cols());
    }
  }

  @Override
  public void linear(Tensor x, Linear layer, Tensor out) {
    CpuLinear by = checkedLinear("linear", x, layer, out);
    linear.store(mine("linear", x), by, mine("linear", out));
  }

  @Override
  public void linearAdd(Tensor x, Linear layer, float scale, Tensor sum) {
    CpuLinear by = checkedLinear("linearAdd", x, layer, sum);
    if (by.activation() == Activation.GLU) {
      throw new ShapeException("linearAdd: a layer with GLU cannot be added");
    }
    linear.add(mine("linearAdd", x), by, scale, mine("linearAdd", sum));
  }

  @Override
  public void feedForward(Tensor x, Linear up, Linear down, float scale, Tensor sum) {
    String op = "feedForward";
    CpuLinear first = mine(op, up);
    CpuLinear second = mine(op, down);
    requireSize(op, "columns of x", first.inputs(), x.cols());
    requireSize(op, "inputs of down", first.outputs(), second.inputs());
    requireSize(op, "columns of sum", second.outputs(), sum.cols());
    requireSize(op, "rows of sum", x.rows(), sum.rows());
    if (second.activation() == Activation.GLU || !feedForward.suits(x.rows(), second)) {
      Execution.super.feedForward(x, up, down, scale, sum);
      return;
    }
    feedForward.layers(first, second).start(mine(op, x), scale, mine(op, sum));
  }

  private CpuLinear checkedLinear(String op, Tensor x, Linear layer, Tensor out) {
    CpuLinear by = mine(op, layer);
    requireSize(op, "columns of x", by.inputs(), x.cols());
    requireSize(op, "columns of out", by.outputs(), out.cols());
    requireSize(op, "rows of out", x.rows(), out.rows());
    return by;
  }

  private CpuLinear mine(String op, Linear layer) {
    if (layer instanceof CpuLinear by && by.owner() == backend) {
      return by;
    }
    throw foreign(op);
  }

  @Override
  public void layerNorm(Tensor x, Norm norm, Tensor out) {
    if (!(norm instanceof CpuNorm by) || by.owner() != backend) {
      throw foreign("layer norm");
    }
    requireSize("layer norm", "columns of x", by.width(), x.cols());
    requireSameShape("layer norm", x, out);
    layerNorm.start(mine("layer norm", x), by, mine("layer norm", out));
  }

  @Override
  public void softmax(Tensor x, Tensor out) {
    requireSameShape("softmax", x, out);
    softmax.start(mine("softmax", x), false, mine("softmax", out));
  }

  @Override
  public void logSoftmax(Tensor x, Tensor out) {
    requireSameShape("log softmax", x, out);
    softmax.start(mine("log softmax", x), true, mine("log softmax", out));
  }

  @Override
  public void scaledSum(float alpha, Tensor x, float beta, Tensor y, Tensor out) {
    String op = "scaled sum";
    requireSameShape(op, x, out);
    requireSameShape(op, y, out);
    scaledSum.start(alpha, mine(op, x), beta, mine(op, y), mine(op, out));
  }

  @Override
  public void gatedSum(Tensor gate, Tensor a, Tensor b, Tensor out) {
    String op = "gated sum";
    requireSameShape(op, gate, out);
    requireSameShape(op, a, out);
    requireSameShape(op, b, out);
    gatedSum.start(mine(op, gate), mine(op, a), mine(op, b), mine(op, out));
  }

  @Override
  public void attention(
      Attention spec, Tensor q, Tensor kv, Tensor positions, Segments segments, Tensor out) {
    String op = "attention";
    if (!(spec instanceof CpuAttention by)) {
      throw foreign(op);
    }
    requireSize(op, "columns of q", by.width(), q.cols());
    requireSize(op, "columns of kv", 2L * by.width(), kv.cols());
    requireSize(op, "rows of q", segments.rows(), q.rows());
    requireSize(op, "rows of kv", segments.rows(), kv.rows());
    requireSameShape(op, q, out);
    CpuTensor places = checkedPositions(by, positions, segments.longest());
    CpuTensor queries = mine(op, q);
    attention.inputs(queries, mine(op, kv), places).start(by, segments, mine(op, out));
  }

  private CpuTensor checkedPositions(CpuAttention by, Tensor positions, int longest) {
    PositionTerm term = by.term();
    if (term == PositionTerm.NONE) {
      return null;
    }
    if (positions == null) {
      throw new ShapeException("attention: the position term " + term + " needs position rows");
    }
    requireSize("attention", "columns of the positions", by.width(), positions.cols());
    int rows = positions.rows();
    boolean relative = term == PositionTerm.RELATIVE;
    int needed = relative ? Math.max(2 * longest - 1, 1) : longest;
    if (rows < needed || relative && rows % 2 == 0) {
      throw new ShapeException(
          "attention: "
              + rows
              + " position rows, "
              + term
              + " over "
              + longest
              + " frames needs "
              + (relative ? "an odd number from " : "at least ")
              + needed
              + " on");
    }
    return mine("attention", positions);
  }

  @Override
  public void depthwiseConv(Tensor x, DepthwiseConv conv, Segments segments, Tensor out) {
    String op = "depthwise conv";
    if (!(conv instanceof CpuDepthwise by)) {
      throw foreign(op);
    }
    requireSize(op, "columns of x", by.channels(), x.cols());
    requireSize(op, "rows of x", segments.rows(), x.rows());
    requireSameShape(op, x, out);
    depthwise.start(mine(op, x), by, segments, mine(op, out));
  }

  @Override
  public void conv2d(Tensor x, Conv2d conv, Segments frames, Tensor out, Segments outputFrames) {
    String op = "conv2d";
    if (!(conv instanceof CpuConv2d by) || by.owner() != backend) {
      throw foreign(op);
    }
    Conv2dGeometry g = by.geometry();
    requireSize(op, "columns of x", g.inputChannels(), x.cols());
    requireSize(op, "rows of x", (long) frames.rows() * g.inputBins(), x.rows());
    requireSize(op, "columns of out", g.outputChannels(), out.cols());
    requireSize(op, "rows of out", (long) outputFrames.rows() * g.outputBins(), out.rows());
    requireSize(op, "output segments", frames.count(), outputFrames.count());
    for (int i = 0; i < frames.count(); i++) {
      int expected = g.outputFrames(frames.length(i));
      requireSize(op, "frames of an output segment", expected, outputFrames.length(i));
    }
    conv2d.start(mine(op, x), by, frames, mine(op, out), outputFrames);
  }

  @Override
  public void pool(Pooling pooling, Tensor x, Tensor scores, Segments segments, Tensor out) {
    String op = "pool";
    boolean weighted = pooling == Pooling.WEIGHTED;
    requireSize(op, "rows of x", segments.rows(), x.rows());
    requireSize(op, "rows of out", segments.count(), out.rows());
    long cols = pooling == Pooling.MEAN_STD ? 2L * x.cols() : x.cols();
    requireSize(op, "columns of out", cols, out.cols());
    if (weighted) {
      if (scores == null) {
        throw new ShapeException("pool: WEIGHTED needs scores");
      }
      requireSize(op, "rows of scores", x.rows(), scores.rows());
      requireSize(op, "columns of scores", 1, scores.cols());
    }
    CpuTensor weights = weighted ? mine(op, scores) : null;
    pooler.start(pooling, mine(op, x), weights, segments, mine(op, out));
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this execution is closed");
    }
    backend.requireOpen();
  }

  /** The tensor as this execution's own, for one that may still be used. */
  private CpuTensor mine(String op, Tensor tensor) {
    requireOpen();
    if (tensor instanceof CpuTensor t && t.owner() == this) {
      return t;
    }
    throw new IllegalArgumentException(op + ": a tensor belongs to another execution");
  }

  private static IllegalArgumentException foreign(String op) {
    return new IllegalArgumentException(op + ": was prepared by another back end");
  }

  private static void requireSize(String op, String what, long expected, long found) {
    ShapeException.require(op, what, expected, found);
  }

  private static void requireSameShape(String op, Tensor x, Tensor out) {
    requireSize(op, "rows", out.rows(), x.rows());
    requireSize(op, "columns", out.cols(), x.cols());
  }

  private static void requireRange(String op, int from, int count, int size) {
    if (from < 0 || count < 0 || from > size - count) {
      throw new ShapeException(op + ": " + count + " from " + from + " on, of " + size);
    }
  }

  private static void requireHost(String op, float[] values, int offset, CpuTensor t) {
    long count = (long) t.rows() * t.cols();
    if (offset < 0 || offset + count > values.length) {
      throw new ShapeException(
          op + ": " + count + " values from " + offset + " on, of " + values.length);
    }
  }

  @Override
  public void close() {
    closed = true;
    slots.clear();
    top = 0;
  }
}

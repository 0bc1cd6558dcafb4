package org.qieemo.kernels.cpu;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Attention;
import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.DepthwiseConv;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.OpShapes;
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
  private final GroupNormTask groupNorm;
  private final RowTask.Softmax softmax;
  private final RowTask.ScaledSum scaledSum;
  private final RowTask.GatedSum gatedSum;
  private final AttentionTask attention;
  private final DepthwiseTask depthwise;
  private final Conv2dTask conv2d;
  private final NarrowConv2dTask narrowConv2d;
  private final MinimalConv2dTask minimalConv2d;
  private final Pooler pooler;
  private int top;
  private boolean closed;

  CpuExecution(CpuBackend backend) {
    this.backend = backend;
    CpuKernels kernels = backend.kernels();
    scratch = new ThreadScratch(kernels, backend.pool().arena());
    linear = new LinearTask(this, kernels);
    feedForward = new FeedForwardTask(this, kernels);
    layerNorm = new RowTask.LayerNorm(this, kernels);
    groupNorm = new GroupNormTask(this, kernels);
    softmax = new RowTask.Softmax(this, kernels);
    scaledSum = new RowTask.ScaledSum(this, kernels);
    gatedSum = new RowTask.GatedSum(this, kernels);
    attention = new AttentionTask(this, kernels);
    depthwise = new DepthwiseTask(this, kernels);
    narrowConv2d = new NarrowConv2dTask(this, kernels);
    conv2d = new Conv2dTask(this, kernels, narrowConv2d);
    minimalConv2d = new MinimalConv2dTask(this, kernels, narrowConv2d);
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

  /** Memory for what outlives a call. */
  Arena arena() {
    return backend.pool().arena();
  }

  @Override
  public Tensor take(int rows, int cols) {
    requireOpen();
    return slot().own(rows, cols);
  }

  @Override
  public Tensor columns(Tensor tensor, int from, int count) {
    CpuTensor t = mine("columns", tensor);
    OpShapes.range("columns", from, count, t.cols());
    return slot().view(t.data(), t.offset() + from, t.rows(), count, t.stride());
  }

  @Override
  public Tensor rows(Tensor tensor, int from, int count) {
    CpuTensor t = mine("rows", tensor);
    OpShapes.range("rows", from, count, t.rows());
    return slot().view(t.data(), t.row(from), count, t.cols(), t.stride());
  }

  @Override
  public Tensor reshape(Tensor tensor, int rows, int cols) {
    CpuTensor t = mine("reshape", tensor);
    OpShapes.reshape(t, t.dense(), rows, cols);
    return slot().view(t.data(), t.offset(), rows, cols, cols);
  }

  @Override
  public Tensor constant(float[] values, int firstRow, int rows, int cols) {
    requireOpen();
    OpShapes.range("constant", firstRow, rows, cols == 0 ? 0 : values.length / cols);
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
    OpShapes.host("write", from, offset, t);
    for (int r = 0; r < t.rows(); r++) {
      System.arraycopy(from, offset + r * t.cols(), t.data(), t.row(r), t.cols());
    }
  }

  @Override
  public void read(Tensor from, float[] to, int offset) {
    CpuTensor t = mine("read", from);
    OpShapes.host("read", to, offset, t);
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
    OpShapes.feedForward(op, x, first, second, sum);
    if (second.activation() == Activation.GLU || !feedForward.suits(x.rows(), second)) {
      Execution.super.feedForward(x, up, down, scale, sum);
      return;
    }
    feedForward.layers(first, second).start(mine(op, x), scale, mine(op, sum));
  }

  private CpuLinear checkedLinear(String op, Tensor x, Linear layer, Tensor out) {
    CpuLinear by = mine(op, layer);
    OpShapes.linear(op, x, by, out);
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
    String op = "layer norm";
    CpuNorm by = checkedNorm(op, x, norm, out);
    layerNorm.start(mine(op, x), by, mine(op, out));
  }

  @Override
  public void groupNorm(Tensor x, Norm norm, Segments segments, Tensor out) {
    String op = "group norm";
    CpuNorm by = checkedNorm(op, x, norm, out);
    OpShapes.rows(op, "x", segments, x);
    groupNorm.start(mine(op, x), by, segments, mine(op, out));
  }

  private CpuNorm checkedNorm(String op, Tensor x, Norm norm, Tensor out) {
    if (!(norm instanceof CpuNorm by) || by.owner() != backend) {
      throw foreign(op);
    }
    OpShapes.width(op, by.width(), x);
    OpShapes.same(op, x, out);
    return by;
  }

  @Override
  public void softmax(Tensor x, Tensor out) {
    OpShapes.same("softmax", x, out);
    softmax.start(mine("softmax", x), false, mine("softmax", out));
  }

  @Override
  public void logSoftmax(Tensor x, Tensor out) {
    OpShapes.same("log softmax", x, out);
    softmax.start(mine("log softmax", x), true, mine("log softmax", out));
  }

  @Override
  public void scaledSum(float alpha, Tensor x, float beta, Tensor y, Tensor out) {
    String op = "scaled sum";
    OpShapes.same(op, x, out);
    OpShapes.same(op, y, out);
    scaledSum.start(alpha, mine(op, x), beta, mine(op, y), mine(op, out));
  }

  @Override
  public void gatedSum(Tensor gate, Tensor a, Tensor b, Tensor out) {
    String op = "gated sum";
    OpShapes.same(op, gate, out);
    OpShapes.same(op, a, out);
    OpShapes.same(op, b, out);
    gatedSum.start(mine(op, gate), mine(op, a), mine(op, b), mine(op, out));
  }

  @Override
  public void attention(
      Attention spec, Tensor q, Tensor kv, Tensor positions, Segments segments, Tensor out) {
    String op = "attention";
    if (!(spec instanceof CpuAttention by)) {
      throw foreign(op);
    }
    OpShapes.attention(by.width(), q, kv, segments, out);
    CpuTensor places = checkedPositions(by, positions, segments.longest());
    CpuTensor queries = mine(op, q);
    attention.inputs(queries, mine(op, kv), places).start(by, segments, mine(op, out));
  }

  private CpuTensor checkedPositions(CpuAttention by, Tensor positions, int longest) {
    PositionTerm term = by.term();
    if (term == PositionTerm.NONE) {
      return null;
    }
    OpShapes.positions(term, by.width(), positions, longest);
    return mine("attention", positions);
  }

  @Override
  public void depthwiseConv(Tensor x, DepthwiseConv conv, Segments segments, Tensor out) {
    String op = "depthwise conv";
    if (!(conv instanceof CpuDepthwise by)) {
      throw foreign(op);
    }
    OpShapes.width(op, by.channels(), x);
    OpShapes.rows(op, "rows of x", segments, x);
    OpShapes.same(op, x, out);
    depthwise.start(mine(op, x), by, segments, mine(op, out));
  }

  @Override
  public void conv2d(Tensor x, Conv2d conv, Segments frames, Tensor out, Segments outputFrames) {
    String op = "conv2d";
    CpuConv2d by = mine(op, conv);
    OpShapes.conv2d(by.geometry(), x, frames, out, outputFrames);
    if (by.isNarrow()) {
      narrowConv2d.start(mine(op, x), by, frames, mine(op, out), outputFrames);
    } else if (by.isMinimal()) {
      minimalConv2d.start(mine(op, x), by, frames, mine(op, out), outputFrames);
    } else {
      conv2d.start(mine(op, x), by, frames, mine(op, out), outputFrames);
    }
  }

  @Override
  public void conv2d(
      Tensor x,
      Conv2d first,
      Segments frames,
      Segments between,
      Conv2d second,
      Tensor out,
      Segments outputFrames) {
    String op = "conv2d";
    CpuConv2d before = mine(op, first);
    CpuConv2d by = mine(op, second);
    if (!before.isNarrow() || by.isNarrow() || !takesFrames(by)) {
      Execution.super.conv2d(x, first, frames, between, second, out, outputFrames);
      return;
    }
    OpShapes.conv2d(before.geometry(), x, frames, by.geometry(), between, out, outputFrames);
    narrowConv2d.place(mine(op, x), before, frames);
    if (by.isMinimal()) {
      minimalConv2d.startBehind(by, between, mine(op, out), outputFrames);
    } else {
      conv2d.startBehind(by, between, mine(op, out), outputFrames);
    }
  }

  /** Whether a convolution can be done frame by frame. */
  private boolean takesFrames(CpuConv2d conv) {
    return conv.isMinimal() || conv2d.takesFrames(conv);
  }

  private CpuConv2d mine(String op, Conv2d conv) {
    if (conv instanceof CpuConv2d by && by.owner() == backend) {
      return by;
    }
    throw foreign(op);
  }

  @Override
  public void pool(Pooling pooling, Tensor x, Tensor scores, Segments segments, Tensor out) {
    String op = "pool";
    OpShapes.pool(pooling, x, scores, segments, out);
    boolean weighted = pooling == Pooling.WEIGHTED;
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

  @Override
  public void close() {
    closed = true;
    slots.clear();
    top = 0;
  }
}

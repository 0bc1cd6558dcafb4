package org.qieemo.kernels;

import java.util.List;

/**
 * The ops, and the buffers of one caller. Tensors are taken in stack order and given back by {@link
 * #release(int)}; their memory is kept for the next take, so that a forward of a shape seen before
 * allocates nothing.
 *
 * <p>Every op checks its shapes and throws {@link ShapeException}. An op may run asynchronously;
 * {@link #read} waits. Unless an op says so, its result must not overlap its inputs. Not
 * thread-safe: one thread at a time.
 *
 * <p>Results are bit-identical for any number of threads and for a segment alone or among others.
 */
public interface Execution extends AutoCloseable {
  /**
   * How many rows a batch of {@code rows} rows should have {@linkplain Segments#room() room} for.
   * More than it has, where batches of equal room cost less than others: those of similar lengths
   * are then alike.
   */
  default int room(int rows) {
    return rows;
  }

  /**
   * Announces the next batch: its layout at each stage, the room reserved. A tensor that is taken
   * with as many rows as a stage has gets the stage's room. The layouts stay the caller's, who may
   * fill them anew and announce them again. Without it all ops do the same, maybe more slowly.
   */
  default void begin(List<Segments> stages) {}

  /** A tensor of the given size, contents undefined, valid until the mark below it is released. */
  Tensor take(int rows, int cols);

  /** The columns {@code from} to {@code from + count} of {@code tensor}, sharing its memory. */
  Tensor columns(Tensor tensor, int from, int count);

  /** The rows {@code from} to {@code from + count} of {@code tensor}, sharing its memory. */
  Tensor rows(Tensor tensor, int from, int count);

  /**
   * The same memory seen as {@code rows x cols}; the tensor must have no gaps between its rows, as
   * {@link #take} gives it, and as many elements.
   */
  Tensor reshape(Tensor tensor, int rows, int cols);

  /** The present height of the stack of taken tensors. */
  int mark();

  /** Gives back every tensor taken since {@code mark}. */
  void release(int mark);

  /** Copies host values, row-major without gaps, from {@code from[offset]} on, into a tensor. */
  void write(float[] from, int offset, Tensor to);

  /** Copies a tensor to host values, row-major without gaps, from {@code to[offset]} on. */
  void read(Tensor from, float[] to, int offset);

  /**
   * Rows of an array that never changes, to read from: {@code values[firstRow * cols]} and so on.
   * Taken like any tensor; a back end that reads host memory does not copy.
   */
  default Tensor constant(float[] values, int firstRow, int rows, int cols) {
    Tensor tensor = take(rows, cols);
    write(values, firstRow * cols, tensor);
    return tensor;
  }

  /** out = act(x W^T + b): x [m, inputs], out [m, outputs]. */
  void linear(Tensor x, Linear layer, Tensor out);

  /** sum += scale * act(x W^T + b): x [m, inputs], sum [m, outputs]; the activation is not GLU. */
  void linearAdd(Tensor x, Linear layer, float scale, Tensor sum);

  /**
   * out = act(LayerNorm(x) W^T + b), the bits of {@link #layerNorm} and {@link #linear}, for back
   * ends that need not store what is normalised: x [m, inputs], out [m, outputs].
   */
  default void normLinear(Tensor x, Norm norm, Linear layer, Tensor out) {
    int mark = mark();
    Tensor normalized = take(x.rows(), x.cols());
    layerNorm(x, norm, normalized);
    linear(normalized, layer, out);
    release(mark);
  }

  /**
   * sum += scale * down(up(x)), the bits of {@link #linear} and {@link #linearAdd}, for back ends
   * that need not hold the hidden layer: x [m, inputs of up], sum [m, outputs of down], which may
   * be x; the activation of down is not GLU.
   */
  default void feedForward(Tensor x, Linear up, Linear down, float scale, Tensor sum) {
    int mark = mark();
    Tensor hidden = take(x.rows(), up.outputs());
    linear(x, up, hidden);
    linearAdd(hidden, down, scale, sum);
    release(mark);
  }

  /**
   * sum += scale * down(up(LayerNorm(x))), the bits of {@link #layerNorm} and {@link
   * #feedForward(Tensor, Linear, Linear, float, Tensor)}; sum may be x.
   */
  default void feedForward(Tensor x, Norm norm, Linear up, Linear down, float scale, Tensor sum) {
    int mark = mark();
    Tensor normalized = take(x.rows(), x.cols());
    layerNorm(x, norm, normalized);
    feedForward(normalized, up, down, scale, sum);
    release(mark);
  }

  /** out = act(LayerNorm(x)), row by row: x, out [m, width]; out may be x. */
  void layerNorm(Tensor x, Norm norm, Tensor out);

  /**
   * GroupNorm with one group: out = act((x - mean) / sqrt(var + eps) * gamma + beta), mean and
   * variance those of all elements of the row's segment, gamma and beta by column. x, out [rows,
   * width]; out may be x. Rows of context count like others.
   */
  void groupNorm(Tensor x, Norm norm, Segments segments, Tensor out);

  /** out = softmax of each row; out may be x. */
  void softmax(Tensor x, Tensor out);

  /** out = log softmax of each row; out may be x. */
  void logSoftmax(Tensor x, Tensor out);

  /** out = alpha * x + beta * y; out may be x or y. */
  void scaledSum(float alpha, Tensor x, float beta, Tensor y, Tensor out);

  /** out = gate * a + (1 - gate) * b, element by element; out may be any of them. */
  void gatedSum(Tensor gate, Tensor a, Tensor b, Tensor out);

  /**
   * Multi-head attention inside each segment: out = softmax(score + mask) V. Rows that are {@link
   * Segments#context} need no result: their queries and results may be anything.
   *
   * @param q [rows, d] queries
   * @param kv [rows, 2d] keys, then values
   * @param positions projected position rows [_, d], null with {@link PositionTerm#NONE}: T rows
   *     for KEY and LEGACY, 2T-1 for RELATIVE, T being at least the longest segment. A shorter
   *     segment of a RELATIVE batch uses the middle rows.
   * @param out [rows, d]
   */
  void attention(
      Attention attention, Tensor q, Tensor kv, Tensor positions, Segments segments, Tensor out);

  /** Depthwise convolution over time inside each segment: x, out [rows, channels]. */
  void depthwiseConv(Tensor x, DepthwiseConv conv, Segments segments, Tensor out);

  /**
   * A convolution module inside each segment, x [rows, d]: the bits of its ops one by one, for back
   * ends that need not store what is between them. The sum is in the tensor that this gives: x
   * itself, or one taken for it, and then x is as before.
   */
  default Tensor convolution(Tensor x, ConvolutionLayers layers, Segments segments) {
    int mark = mark();
    Tensor gated = take(x.rows(), x.cols());
    if (layers.norm() == null) {
      linear(x, layers.gate(), gated);
    } else {
      normLinear(x, layers.norm(), layers.gate(), gated);
    }
    Tensor mixed = take(x.rows(), x.cols());
    depthwiseConv(gated, layers.depthwise(), segments, mixed);
    if (layers.grouped()) {
      groupNorm(mixed, layers.mixNorm(), segments, mixed);
    } else if (layers.mixNorm() != null) {
      layerNorm(mixed, layers.mixNorm(), mixed);
    }
    linearAdd(mixed, layers.project(), 1f, x);
    release(mark);
    return x;
  }

  /**
   * Convolution inside each segment. x has one row per (frame, bin) pair, frames outermost: [frames
   * * inputBins, inputChannels]; out likewise [outputFrames * outputBins, outputChannels].
   *
   * @param frames segments of x in frames, not in rows
   * @param outputFrames segments of out in frames, as the geometry computes them
   */
  void conv2d(Tensor x, Conv2d conv, Segments frames, Tensor out, Segments outputFrames);

  /**
   * A convolution of a convolution, the bits of two calls of {@link #conv2d(Tensor, Conv2d,
   * Segments, Tensor, Segments)}, for back ends that need not hold what is between them.
   *
   * @param between the frames of the first one's result
   */
  default void conv2d(
      Tensor x,
      Conv2d first,
      Segments frames,
      Segments between,
      Conv2d second,
      Tensor out,
      Segments outputFrames) {
    int mark = mark();
    Conv2dGeometry g = first.geometry();
    Tensor whole = take(between.rows(), g.outputBins() * g.outputChannels());
    Tensor y = reshape(whole, between.rows() * g.outputBins(), g.outputChannels());
    conv2d(x, first, frames, y, between);
    conv2d(y, second, between, out, outputFrames);
    release(mark);
  }

  /**
   * Pools each segment into one row.
   *
   * @param x [rows, n]
   * @param scores [rows, 1] for {@link Pooling#WEIGHTED}, else null
   * @param out [segments, n], or [segments, 2n] for {@link Pooling#MEAN_STD}
   */
  void pool(Pooling pooling, Tensor x, Tensor scores, Segments segments, Tensor out);

  @Override
  void close();
}

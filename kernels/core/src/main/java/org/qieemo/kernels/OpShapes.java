package org.qieemo.kernels;

/**
 * The shapes that the ops of {@link Execution} and the layers of {@link Backend} ask for, checked
 * the same way by every back end, without allocating anything. Every method throws {@link
 * ShapeException}. Stateless.
 */
public final class OpShapes {
  private OpShapes() {}

  /** A weight [rows, ...] of a linear layer and its bias [rows], which may be null. */
  public static void linearLayer(HostTensor weight, HostTensor bias, Activation activation) {
    int rows = weight.dim(0);
    long columns = 1;
    for (int i = 1; i < weight.rank(); i++) {
      columns = Math.multiplyExact(columns, (long) weight.dim(i));
    }
    if (bias != null) {
      ShapeException.require("linear", "elements of the bias", rows, bias.elements());
    }
    boolean glu = activation == Activation.GLU;
    if (rows < 1 || columns < 1 || glu && rows % 2 != 0) {
      throw new ShapeException("linear: " + weight + " has no usable shape for " + activation);
    }
  }

  /** Weights [width] of a layer norm. */
  public static void normLayer(HostTensor gamma, HostTensor beta, Activation activation) {
    ShapeException.require("layer norm", "elements of beta", gamma.elements(), beta.elements());
    if (activation == Activation.GLU) {
      throw new ShapeException("layer norm: GLU is for linear layers");
    }
  }

  /** A weight [outputChannels, kernel, kernel, inputChannels] and its bias [outputChannels]. */
  public static void conv2dLayer(HostTensor weight, HostTensor bias, Conv2dGeometry geometry) {
    String op = "conv2d";
    ShapeException.require(op, "rank of the weight", 4, weight.rank());
    ShapeException.require(op, "output channels", geometry.outputChannels(), weight.dim(0));
    ShapeException.require(op, "taps over time", geometry.kernel(), weight.dim(1));
    ShapeException.require(op, "taps over frequency", geometry.kernel(), weight.dim(2));
    ShapeException.require(op, "input channels", geometry.inputChannels(), weight.dim(3));
    ShapeException.require(op, "elements of the bias", weight.dim(0), bias.elements());
  }

  /** x [m, inputs] and out [m, outputs] of a linear layer. */
  public static void linear(String op, Tensor x, Linear layer, Tensor out) {
    ShapeException.require(op, "columns of x", layer.inputs(), x.cols());
    ShapeException.require(op, "columns of out", layer.outputs(), out.cols());
    ShapeException.require(op, "rows of out", x.rows(), out.rows());
  }

  /** x [m, inputs of up] and sum [m, outputs of down] of two layers that follow each other. */
  public static void feedForward(String op, Tensor x, Linear up, Linear down, Tensor sum) {
    ShapeException.require(op, "columns of x", up.inputs(), x.cols());
    ShapeException.require(op, "inputs of down", up.outputs(), down.inputs());
    ShapeException.require(op, "columns of sum", down.outputs(), sum.cols());
    ShapeException.require(op, "rows of sum", x.rows(), sum.rows());
  }

  /** Two tensors of one shape. */
  public static void same(String op, Tensor x, Tensor out) {
    ShapeException.require(op, "rows", out.rows(), x.rows());
    ShapeException.require(op, "columns", out.cols(), x.cols());
  }

  /** x [_, width]. */
  public static void width(String op, int width, Tensor x) {
    ShapeException.require(op, "columns of x", width, x.cols());
  }

  /**
   * A row for each of the segments.
   *
   * @param what the size's name in messages: {@code rows of x}
   */
  public static void rows(String op, String what, Segments segments, Tensor x) {
    ShapeException.require(op, what, segments.rows(), x.rows());
  }

  /** A size that a tensor can have. */
  public static void size(String op, int rows, int cols) {
    if (rows < 0 || cols < 0) {
      throw new ShapeException(op + ": " + rows + " x " + cols + " is no size");
    }
    if ((long) rows * cols > Integer.MAX_VALUE - 8) {
      throw new ShapeException(op + ": " + rows + " x " + cols + " is too large for one tensor");
    }
  }

  /** A part of {@code size} rows or columns. */
  public static void range(String op, int from, int count, int size) {
    if (from < 0 || count < 0 || from > size - count) {
      throw new ShapeException(op + ": " + count + " from " + from + " on, of " + size);
    }
  }

  /** A tensor's values in an array. */
  public static void host(String op, float[] values, int offset, Tensor t) {
    long count = (long) t.rows() * t.cols();
    if (offset < 0 || offset + count > values.length) {
      throw new ShapeException(
          op + ": " + count + " values from " + offset + " on, of " + values.length);
    }
  }

  /**
   * Another shape of the same elements.
   *
   * @param dense whether the rows of {@code from} lie without gaps
   */
  public static void reshape(Tensor from, boolean dense, int rows, int cols) {
    if (!dense) {
      throw new ShapeException("reshape: the rows of the tensor lie apart, take it whole");
    }
    long elements = (long) from.rows() * from.cols();
    ShapeException.require("reshape", "elements", elements, (long) rows * cols);
    size("reshape", rows, cols);
  }

  /** q [rows, width], kv [rows, 2 width], out [rows, width]. */
  public static void attention(int width, Tensor q, Tensor kv, Segments segments, Tensor out) {
    String op = "attention";
    ShapeException.require(op, "columns of q", width, q.cols());
    ShapeException.require(op, "columns of kv", 2L * width, kv.cols());
    rows(op, "rows of q", segments, q);
    rows(op, "rows of kv", segments, kv);
    same(op, q, out);
  }

  /**
   * Position rows [_, width] of a term other than {@link PositionTerm#NONE}.
   *
   * @param longest segment
   */
  public static void positions(PositionTerm term, int width, Tensor positions, int longest) {
    if (positions == null) {
      throw new ShapeException("attention: the position term " + term + " needs position rows");
    }
    ShapeException.require("attention", "columns of the positions", width, positions.cols());
    boolean relative = term == PositionTerm.RELATIVE;
    int needed = relative ? Math.max(2 * longest - 1, 1) : longest;
    if (positions.rows() < needed || relative && positions.rows() % 2 == 0) {
      throw new ShapeException(
          "attention: "
              + positions.rows()
              + " position rows, "
              + term
              + " over "
              + longest
              + " frames needs "
              + (relative ? "an odd number from " : "at least ")
              + needed
              + " on");
    }
  }

  /** x [frames * inputBins, inputChannels], out [outputFrames * outputBins, outputChannels]. */
  public static void conv2d(
      Conv2dGeometry g, Tensor x, Segments frames, Tensor out, Segments outputFrames) {
    input(g, x, frames);
    frames(g, frames, outputFrames);
    output(g, out, outputFrames);
  }

  /** The same of two convolutions, the second of the first one's result. */
  public static void conv2d(
      Conv2dGeometry first,
      Tensor x,
      Segments frames,
      Conv2dGeometry second,
      Segments between,
      Tensor out,
      Segments outputFrames) {
    String op = "conv2d";
    input(first, x, frames);
    frames(first, frames, between);
    ShapeException.require(op, "channels between", second.inputChannels(), first.outputChannels());
    ShapeException.require(op, "bins between", second.inputBins(), first.outputBins());
    frames(second, between, outputFrames);
    output(second, out, outputFrames);
  }

  private static void input(Conv2dGeometry g, Tensor x, Segments frames) {
    ShapeException.require("conv2d", "columns of x", g.inputChannels(), x.cols());
    ShapeException.require("conv2d", "rows of x", (long) frames.rows() * g.inputBins(), x.rows());
  }

  private static void frames(Conv2dGeometry g, Segments frames, Segments outputFrames) {
    String op = "conv2d";
    ShapeException.require(op, "output segments", frames.count(), outputFrames.count());
    for (int i = 0; i < frames.count(); i++) {
      int expected = g.outputFrames(frames.length(i));
      ShapeException.require(op, "frames of an output segment", expected, outputFrames.length(i));
    }
  }

  private static void output(Conv2dGeometry g, Tensor out, Segments outputFrames) {
    ShapeException.require("conv2d", "columns of out", g.outputChannels(), out.cols());
    long outRows = (long) outputFrames.rows() * g.outputBins();
    ShapeException.require("conv2d", "rows of out", outRows, out.rows());
  }

  /** x [rows, n], scores [rows, 1] where needed, out [segments, n or 2n]. */
  public static void pool(Pooling pooling, Tensor x, Tensor scores, Segments segments, Tensor out) {
    String op = "pool";
    rows(op, "rows of x", segments, x);
    ShapeException.require(op, "rows of out", segments.count(), out.rows());
    long cols = pooling == Pooling.MEAN_STD ? 2L * x.cols() : x.cols();
    ShapeException.require(op, "columns of out", cols, out.cols());
    if (pooling == Pooling.WEIGHTED) {
      if (scores == null) {
        throw new ShapeException("pool: WEIGHTED needs scores");
      }
      ShapeException.require(op, "rows of scores", x.rows(), scores.rows());
      ShapeException.require(op, "columns of scores", 1, scores.cols());
    }
  }
}

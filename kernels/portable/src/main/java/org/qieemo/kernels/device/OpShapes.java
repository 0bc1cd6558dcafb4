package org.qieemo.kernels.device;

import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Pooling;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.ShapeException;
import org.qieemo.kernels.Tensor;

/** The shapes that ops ask for; every method throws {@link ShapeException}. */
final class OpShapes {
  private OpShapes() {}

  static void linear(String op, Tensor x, Linear layer, Tensor out) {
    ShapeException.require(op, "columns of x", layer.inputs(), x.cols());
    ShapeException.require(op, "columns of out", layer.outputs(), out.cols());
    ShapeException.require(op, "rows of out", x.rows(), out.rows());
  }

  static void same(String op, Tensor x, Tensor out) {
    ShapeException.require(op, "rows", out.rows(), x.rows());
    ShapeException.require(op, "columns", out.cols(), x.cols());
  }

  static void width(String op, int width, Tensor x) {
    ShapeException.require(op, "columns of x", width, x.cols());
  }

  static void rows(String op, String what, Segments segments, Tensor x) {
    ShapeException.require(op, "rows of " + what, segments.rows(), x.rows());
  }

  static void size(String op, int rows, int cols) {
    if (rows < 0 || cols < 0) {
      throw new ShapeException(op + ": " + rows + " x " + cols + " is no size");
    }
    if ((long) rows * cols > Integer.MAX_VALUE - 8) {
      throw new ShapeException(op + ": " + rows + " x " + cols + " is too large for one tensor");
    }
  }

  static void range(String op, int from, int count, int size) {
    if (from < 0 || count < 0 || from > size - count) {
      throw new ShapeException(op + ": " + count + " from " + from + " on, of " + size);
    }
  }

  static void host(String op, float[] values, int offset, Tensor t) {
    long count = (long) t.rows() * t.cols();
    if (offset < 0 || offset + count > values.length) {
      throw new ShapeException(
          op + ": " + count + " values from " + offset + " on, of " + values.length);
    }
  }

  static void reshape(Region from, int rows, int cols) {
    if (!from.dense()) {
      throw new ShapeException("reshape: the rows of the tensor lie apart, take it whole");
    }
    long elements = (long) from.rows() * from.cols();
    ShapeException.require("reshape", "elements", elements, (long) rows * cols);
    size("reshape", rows, cols);
  }

  static void attention(int width, Tensor q, Tensor kv, Segments segments, Tensor out) {
    String op = "attention";
    ShapeException.require(op, "columns of q", width, q.cols());
    ShapeException.require(op, "columns of kv", 2L * width, kv.cols());
    rows(op, "q", segments, q);
    rows(op, "kv", segments, kv);
    same(op, q, out);
  }

  /** Position rows of a term other than NONE. */
  static void positions(PositionTerm term, int width, Tensor positions, int longest) {
    if (positions == null) {
      throw new ShapeException("attention: the position term " + term + " needs position rows");
    }
    ShapeException.require("attention", "columns of the positions", width, positions.cols());
    boolean relative = term == PositionTerm.RELATIVE;
    int needed = relative ? Math.max(2 * longest - 1, 1) : longest;
    if (positions.rows() < needed || relative && positions.rows() % 2 == 0) {
      throw new ShapeException(
          "attention: %d position rows, %s over %d frames needs %s %d on"
              .formatted(
                  positions.rows(),
                  term,
                  longest,
                  relative ? "an odd number from" : "at least",
                  needed));
    }
  }

  static void conv2d(
      Conv2dGeometry g, Tensor x, Segments frames, Tensor out, Segments outputFrames) {
    String op = "conv2d";
    ShapeException.require(op, "columns of x", g.inputChannels(), x.cols());
    ShapeException.require(op, "rows of x", (long) frames.rows() * g.inputBins(), x.rows());
    ShapeException.require(op, "columns of out", g.outputChannels(), out.cols());
    long outRows = (long) outputFrames.rows() * g.outputBins();
    ShapeException.require(op, "rows of out", outRows, out.rows());
    ShapeException.require(op, "output segments", frames.count(), outputFrames.count());
    for (int i = 0; i < frames.count(); i++) {
      int expected = g.outputFrames(frames.length(i));
      ShapeException.require(op, "frames of an output segment", expected, outputFrames.length(i));
    }
  }

  static void pool(Pooling pooling, Tensor x, Tensor scores, Segments segments, Tensor out) {
    String op = "pool";
    rows(op, "x", segments, x);
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

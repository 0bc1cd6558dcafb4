package org.qieemo.bench.profile;

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
import org.qieemo.kernels.Tensor;

/** Hands every op to another execution and times it under a name that tells its sizes. */
final class TimedExecution implements Execution {
  private final TimedBackend backend;
  private final Execution by;
  private final OpClock clock;

  TimedExecution(TimedBackend backend, Execution by, OpClock clock) {
    this.backend = backend;
    this.by = by;
    this.clock = clock;
  }

  @Override
  public int room(int rows) {
    return by.room(rows);
  }

  @Override
  public void begin(List<Segments> stages) {
    by.begin(stages);
  }

  @Override
  public Tensor take(int rows, int cols) {
    return by.take(rows, cols);
  }

  @Override
  public Tensor columns(Tensor tensor, int from, int count) {
    return by.columns(tensor, from, count);
  }

  @Override
  public Tensor rows(Tensor tensor, int from, int count) {
    return by.rows(tensor, from, count);
  }

  @Override
  public Tensor reshape(Tensor tensor, int rows, int cols) {
    return by.reshape(tensor, rows, cols);
  }

  @Override
  public int mark() {
    return by.mark();
  }

  @Override
  public void release(int mark) {
    by.release(mark);
  }

  @Override
  public void write(float[] from, int offset, Tensor to) {
    clock.time("write", 0, () -> by.write(from, offset, to));
  }

  @Override
  public void read(Tensor from, float[] to, int offset) {
    clock.time("read", 0, () -> by.read(from, to, offset));
  }

  @Override
  public Tensor constant(float[] values, int firstRow, int rows, int cols) {
    return by.constant(values, firstRow, rows, cols);
  }

  private String sizes(Linear layer) {
    String glu = backend.activation(layer) == Activation.GLU ? ", GLU" : "";
    return layer.inputs() + " to " + layer.outputs() + glu;
  }

  private double flop(int rows, Linear layer) {
    int products = backend.activation(layer) == Activation.GLU ? 2 : 1;
    return 2.0 * rows * layer.inputs() * layer.outputs() * products;
  }

  @Override
  public void linear(Tensor x, Linear layer, Tensor out) {
    double flop = flop(x.rows(), layer);
    clock.time("linear " + sizes(layer), flop, () -> by.linear(x, layer, out));
  }

  @Override
  public void linearAdd(Tensor x, Linear layer, float scale, Tensor sum) {
    double flop = flop(x.rows(), layer);
    clock.time("linearAdd " + sizes(layer), flop, () -> by.linearAdd(x, layer, scale, sum));
  }

  @Override
  public void feedForward(Tensor x, Linear up, Linear down, float scale, Tensor sum) {
    String name = "feedForward " + sizes(up) + " to " + down.outputs();
    double flop = flop(x.rows(), up) + flop(x.rows(), down);
    clock.time(name, flop, () -> by.feedForward(x, up, down, scale, sum));
  }

  @Override
  public void layerNorm(Tensor x, Norm norm, Tensor out) {
    clock.time("layerNorm " + norm.width(), 0, () -> by.layerNorm(x, norm, out));
  }

  @Override
  public void groupNorm(Tensor x, Norm norm, Segments segments, Tensor out) {
    clock.time("groupNorm " + norm.width(), 0, () -> by.groupNorm(x, norm, segments, out));
  }

  @Override
  public void softmax(Tensor x, Tensor out) {
    clock.time("softmax " + x.cols(), 0, () -> by.softmax(x, out));
  }

  @Override
  public void logSoftmax(Tensor x, Tensor out) {
    clock.time("logSoftmax " + x.cols(), 0, () -> by.logSoftmax(x, out));
  }

  @Override
  public void scaledSum(float alpha, Tensor x, float beta, Tensor y, Tensor out) {
    clock.time("scaledSum", 0, () -> by.scaledSum(alpha, x, beta, y, out));
  }

  @Override
  public void gatedSum(Tensor gate, Tensor a, Tensor b, Tensor out) {
    clock.time("gatedSum", 0, () -> by.gatedSum(gate, a, b, out));
  }

  @Override
  public void attention(
      Attention attention, Tensor q, Tensor kv, Tensor positions, Segments segments, Tensor out) {
    PositionTerm term = backend.term(attention);
    double pairs = 0;
    for (int i = 0; i < segments.count(); i++) {
      pairs += (double) segments.length(i) * segments.length(i);
    }
    int products = term == PositionTerm.RELATIVE || term == PositionTerm.LEGACY ? 3 : 2;
    String name = "attention " + attention.heads() + " x " + attention.width() / attention.heads();
    double flop = 2.0 * products * pairs * attention.width();
    clock.time(name, flop, () -> by.attention(attention, q, kv, positions, segments, out));
  }

  @Override
  public void depthwiseConv(Tensor x, DepthwiseConv conv, Segments segments, Tensor out) {
    String name = "depthwiseConv " + conv.channels() + ", " + conv.kernel() + " taps";
    double flop = 2.0 * x.rows() * conv.channels() * conv.kernel();
    clock.time(name, flop, () -> by.depthwiseConv(x, conv, segments, out));
  }

  @Override
  public void conv2d(Tensor x, Conv2d conv, Segments frames, Tensor out, Segments outputFrames) {
    Conv2dGeometry g = conv.geometry();
    String name = "conv2d " + g.inputChannels() + " to " + g.outputChannels();
    double flop = flop(outputFrames, g);
    clock.time(name, flop, () -> by.conv2d(x, conv, frames, out, outputFrames));
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
    Conv2dGeometry g = first.geometry();
    Conv2dGeometry h = second.geometry();
    String channels = g.inputChannels() + " to " + g.outputChannels();
    String name = "conv2d " + channels + " to " + h.outputChannels();
    double flop = flop(between, g) + flop(outputFrames, h);
    clock.time(name, flop, () -> by.conv2d(x, first, frames, between, second, out, outputFrames));
  }

  private static double flop(Segments outputFrames, Conv2dGeometry g) {
    double depth = g.kernel() * g.kernel() * g.inputChannels();
    return 2.0 * outputFrames.rows() * g.outputBins() * g.outputChannels() * depth;
  }

  @Override
  public void pool(Pooling pooling, Tensor x, Tensor scores, Segments segments, Tensor out) {
    clock.time("pool", 0, () -> by.pool(pooling, x, scores, segments, out));
  }

  @Override
  public void close() {
    by.close();
  }
}

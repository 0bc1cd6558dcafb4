package org.qieemo.kernels.device;

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
import org.qieemo.kernels.OpShapes;
import org.qieemo.kernels.Pooling;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Segments;
import org.qieemo.kernels.ShapeException;
import org.qieemo.kernels.Tensor;

/**
 * Checks every op's shapes, then queues the kernels that do it. One thread at a time; the methods
 * are synchronized only so that the back end can be closed from another thread.
 */
final class DeviceExecution implements Execution {
  private final DeviceBackend backend;
  private final Device device;
  private final Queue queue;
  private final Tuning tuning;
  private final DeviceBackend.RowPrograms programs;
  private final SegmentTables tables;
  private final List<DeviceTensor> slots = new ArrayList<>();
  private int top;
  private boolean closed;

  DeviceExecution(DeviceBackend backend, Queue queue) {
    this.backend = backend;
    this.queue = queue;
    device = backend.device();
    tuning = backend.tuning();
    programs = backend.rowPrograms();
    tables = new SegmentTables(device, queue);
  }

  @Override
  public synchronized Tensor take(int rows, int cols) {
    requireOpen();
    OpShapes.size("take", rows, cols);
    DeviceTensor taken = slot().own(device, rows, cols);
    top++;
    return taken;
  }

  @Override
  public synchronized Tensor columns(Tensor tensor, int from, int count) {
    Region t = mine("columns", tensor);
    OpShapes.range("columns", from, count, t.cols());
    return view(new Region(t.memory(), t.offset() + from, t.rows(), count, t.stride()));
  }

  @Override
  public synchronized Tensor rows(Tensor tensor, int from, int count) {
    Region t = mine("rows", tensor);
    OpShapes.range("rows", from, count, t.rows());
    int offset = t.offset() + from * t.stride();
    return view(new Region(t.memory(), offset, count, t.cols(), t.stride()));
  }

  @Override
  public synchronized Tensor reshape(Tensor tensor, int rows, int cols) {
    Region t = mine("reshape", tensor);
    OpShapes.reshape(tensor, t.dense(), rows, cols);
    return view(new Region(t.memory(), t.offset(), rows, cols, cols));
  }

  private Tensor view(Region region) {
    DeviceTensor view = slot().view(region);
    top++;
    return view;
  }

  private DeviceTensor slot() {
    if (top == slots.size()) {
      slots.add(new DeviceTensor(this));
    }
    return slots.get(top);
  }

  @Override
  public synchronized int mark() {
    return top;
  }

  @Override
  public synchronized void release(int mark) {
    if (mark < 0 || mark > top) {
      throw new IllegalArgumentException("mark " + mark + " is not within the " + top + " taken");
    }
    top = mark;
  }

  @Override
  public synchronized void write(float[] from, int offset, Tensor to) {
    Region t = mine("write", to);
    OpShapes.host("write", from, offset, to);
    if (t.elements() > 0) {
      queue.write(from, offset, t);
    }
  }

  @Override
  public synchronized void read(Tensor from, float[] to, int offset) {
    Region t = mine("read", from);
    OpShapes.host("read", to, offset, from);
    if (t.elements() > 0) {
      queue.read(t, to, offset);
    }
  }

  @Override
  public synchronized void linear(Tensor x, Linear layer, Tensor out) {
    DeviceLinear by = own("linear", layer);
    OpShapes.linear("linear", x, layer, out);
    boolean glu = by.activation() == Activation.GLU;
    Kernel kernel = product(glu ? "linear_glu" : "linear", x, by, out);
    if (!glu) {
      kernel.integer(by.activation().ordinal());
    }
    launchTiles(kernel, out);
  }

  @Override
  public synchronized void linearAdd(Tensor x, Linear layer, float scale, Tensor sum) {
    DeviceLinear by = own("linearAdd", layer);
    OpShapes.linear("linearAdd", x, layer, sum);
    if (by.activation() == Activation.GLU) {
      throw new ShapeException("linearAdd: a layer with GLU cannot be added");
    }
    Kernel kernel = product("linear_add", x, by, sum);
    launchTiles(kernel.integer(by.activation().ordinal()).real(scale), sum);
  }

  private DeviceLinear own(String op, Linear layer) {
    if (layer instanceof DeviceLinear by && by.owner() == backend) {
      return by;
    }
    throw foreign(op);
  }

  /** The arguments that the kernels of linear.cl have in common. */
  private Kernel product(String kernel, Tensor x, DeviceLinear by, Tensor out) {
    Region in = mine(kernel, x);
    Region result = mine(kernel, out);
    return queue
        .kernel(by.program(), kernel)
        .region(in)
        .memory(by.weight())
        .memory(by.bias())
        .region(result)
        .integer(in.rows())
        .integer(by.inputs())
        .integer(by.outputs());
  }

  private void launchTiles(Kernel kernel, Tensor out) {
    int tile = tuning.tile();
    launch(
        kernel,
        new Grid(Grid.ceil(out.rows(), tile), Grid.ceil(out.cols(), tile), 1, tuning.tileItems()));
  }

  private static void launch(Kernel kernel, Grid grid) {
    if (grid.x() > 0 && grid.y() > 0 && grid.z() > 0) {
      kernel.launch(grid);
    }
  }

  @Override
  public synchronized void layerNorm(Tensor x, Norm norm, Tensor out) {
    String op = "layer norm";
    if (!(norm instanceof DeviceNorm by) || by.owner() != backend) {
      throw foreign(op);
    }
    OpShapes.width(op, by.width(), x);
    OpShapes.same(op, x, out);
    Kernel kernel =
        queue
            .kernel(programs.layerNorm(), "layer_norm")
            .region(mine(op, x))
            .memory(by.gamma())
            .memory(by.beta())
            .region(mine(op, out))
            .integer(by.width())
            .real(by.eps())
            .integer(by.activation().ordinal());
    launch(kernel, Grid.line(out.rows(), tuning.rowItems()));
  }

  @Override
  public synchronized void softmax(Tensor x, Tensor out) {
    softmax("softmax", x, out);
  }

  @Override
  public synchronized void logSoftmax(Tensor x, Tensor out) {
    softmax("log_softmax", x, out);
  }

  private void softmax(String kernel, Tensor x, Tensor out) {
    OpShapes.same(kernel, x, out);
    launch(
        queue
            .kernel(programs.softmax(), kernel)
            .region(mine(kernel, x))
            .region(mine(kernel, out))
            .integer(out.cols()),
        Grid.line(out.rows(), tuning.rowItems()));
  }

  @Override
  public synchronized void scaledSum(float alpha, Tensor x, float beta, Tensor y, Tensor out) {
    String op = "scaled sum";
    OpShapes.same(op, x, out);
    OpShapes.same(op, y, out);
    Kernel kernel =
        queue
            .kernel(programs.scaledSum(), "scaled_sum")
            .region(mine(op, x))
            .region(mine(op, y))
            .region(mine(op, out))
            .integer(out.rows() * out.cols())
            .integer(out.cols())
            .real(alpha)
            .real(beta);
    launchElements(kernel, out.rows() * out.cols());
  }

  @Override
  public synchronized void gatedSum(Tensor gate, Tensor a, Tensor b, Tensor out) {
    String op = "gated sum";
    OpShapes.same(op, gate, out);
    OpShapes.same(op, a, out);
    OpShapes.same(op, b, out);
    Kernel kernel =
        queue
            .kernel(programs.gatedSum(), "gated_sum")
            .region(mine(op, gate))
            .region(mine(op, a))
            .region(mine(op, b))
            .region(mine(op, out))
            .integer(out.rows() * out.cols())
            .integer(out.cols());
    launchElements(kernel, out.rows() * out.cols());
  }

  private void launchElements(Kernel kernel, int elements) {
    launch(kernel, Grid.elements(elements, tuning.rowItems()));
  }

  @Override
  public synchronized void attention(
      Attention attention, Tensor q, Tensor kv, Tensor positions, Segments segments, Tensor out) {
    String op = "attention";
    if (!(attention instanceof DeviceAttention by) || by.owner() != backend) {
      throw foreign(op);
    }
    OpShapes.attention(by.width(), q, kv, segments, out);
    PositionTerm term = by.spec().positionTerm();
    if (term != PositionTerm.NONE) {
      OpShapes.positions(term, by.width(), positions, segments.longest());
    }
    Region queries = mine(op, q);
    Region places = term == PositionTerm.NONE ? queries : mine(op, positions);
    SegmentTables.Table blocks = tables.blocks(segments, Tuning.QUERIES);
    Kernel kernel =
        queue
            .kernel(by.program(), "attention")
            .region(queries)
            .region(mine(op, kv))
            .region(places)
            .integer(places.rows())
            .memory(by.biasU())
            .memory(by.biasV())
            .region(mine(op, out))
            .memory(blocks.memory())
            .integer(by.width())
            .integer(by.headWidth())
            .integer(by.spec().mask().chunk())
            .integer(by.spec().mask().leftChunks())
            .real(by.scale());
    int slices = Grid.ceil(by.headWidth(), Tuning.SLICE);
    launch(kernel, new Grid(blocks.entries(), by.heads(), slices, tuning.attentionItems()));
  }

  @Override
  public synchronized void depthwiseConv(
      Tensor x, DepthwiseConv conv, Segments segments, Tensor out) {
    String op = "depthwise conv";
    if (!(conv instanceof DeviceDepthwise by) || by.owner() != backend) {
      throw foreign(op);
    }
    OpShapes.width(op, by.channels(), x);
    OpShapes.rows(op, "rows of x", segments, x);
    OpShapes.same(op, x, out);
    Kernel kernel =
        queue
            .kernel(programs.depthwise(), "depthwise")
            .region(mine(op, x))
            .memory(by.weight())
            .memory(by.bias())
            .memory(by.paddingRow())
            .region(mine(op, out))
            .memory(tables.rows(segments).memory())
            .integer(out.rows() * out.cols())
            .integer(by.channels())
            .integer(by.kernel())
            .integer(by.leftPadding())
            .integer(by.activation().ordinal());
    launchElements(kernel, out.rows() * out.cols());
  }

  @Override
  public synchronized void conv2d(
      Tensor x, Conv2d conv, Segments frames, Tensor out, Segments outputFrames) {
    String op = "conv2d";
    if (!(conv instanceof DeviceConv2d by) || by.owner() != backend) {
      throw foreign(op);
    }
    Conv2dGeometry g = by.geometry();
    OpShapes.conv2d(g, x, frames, out, outputFrames);
    Kernel kernel =
        queue
            .kernel(by.program(), "conv2d")
            .region(mine(op, x))
            .memory(by.weight())
            .memory(by.bias())
            .region(mine(op, out))
            .memory(tables.places(g, frames, outputFrames).memory())
            .integer(out.rows())
            .integer(g.kernel())
            .integer(g.stride())
            .integer(g.padding())
            .integer(g.inputBins())
            .integer(g.inputChannels())
            .integer(g.outputBins())
            .integer(g.outputChannels());
    launchTiles(kernel, out);
  }

  @Override
  public synchronized void pool(
      Pooling pooling, Tensor x, Tensor scores, Segments segments, Tensor out) {
    OpShapes.pool(pooling, x, scores, segments, out);
    boolean weighted = pooling == Pooling.WEIGHTED;
    Kernel kernel =
        queue.kernel(programs.pool(), weighted ? "pool_weighted" : "pool").region(mine("pool", x));
    if (weighted) {
      kernel.region(mine("pool", scores));
    }
    int elements = segments.count() * x.cols();
    kernel
        .memory(tables.starts(segments).memory())
        .region(mine("pool", out))
        .integer(elements)
        .integer(x.cols());
    if (!weighted) {
      kernel.integer(pooling == Pooling.MEAN_STD ? 1 : 0);
    }
    launchElements(kernel, elements);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this execution is closed");
    }
  }

  /** Where a tensor of this execution lies. */
  private Region mine(String op, Tensor tensor) {
    requireOpen();
    if (tensor instanceof DeviceTensor t && t.owner() == this) {
      return t.region();
    }
    throw new IllegalArgumentException(op + ": a tensor belongs to another execution");
  }

  private static IllegalArgumentException foreign(String op) {
    return new IllegalArgumentException(op + ": was prepared by another back end");
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    slots.forEach(DeviceTensor::free);
    slots.clear();
    tables.close();
    queue.close();
    top = 0;
    backend.forget(this);
  }
}

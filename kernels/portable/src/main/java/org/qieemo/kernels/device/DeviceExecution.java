package org.qieemo.kernels.device;

import java.util.ArrayList;
import java.util.List;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Attention;
import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.ConvolutionLayers;
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
  private List<Segments> stages = List.of();
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
  public int room(int rows) {
    return device.replays() ? Room.of(rows) : rows;
  }

  @Override
  public synchronized void begin(List<Segments> batch) {
    requireOpen();
    stages = batch;
    tables.refresh(batch);
  }

  @Override
  public synchronized Tensor take(int rows, int cols) {
    requireOpen();
    OpShapes.size("take", rows, cols);
    DeviceTensor taken = slot().own(device, rows, cols, Room.of(stages, rows, cols));
    top++;
    return taken;
  }

  @Override
  public synchronized Tensor constant(float[] values, int firstRow, int rows, int cols) {
    requireOpen();
    Constants.Constant kept = backend.constants().of(values);
    if (kept == null) {
      return Execution.super.constant(values, firstRow, rows, cols);
    }
    DeviceTensor view = slot().view(kept, firstRow, rows, cols);
    OpShapes.host("constant", values, firstRow * cols, view);
    top++;
    return view;
  }

  @Override
  public synchronized Tensor columns(Tensor tensor, int from, int count) {
    Region t = mine("columns", tensor);
    OpShapes.range("columns", from, count, t.cols());
    Region region = new Region(t.memory(), t.offset() + from, t.rows(), count, t.stride());
    return view(region, Room.common(tensor));
  }

  @Override
  public synchronized Tensor rows(Tensor tensor, int from, int count) {
    Region t = mine("rows", tensor);
    OpShapes.range("rows", from, count, t.rows());
    int offset = t.offset() + from * t.stride();
    Region region = new Region(t.memory(), offset, count, t.cols(), t.stride());
    boolean last = from + count == t.rows(); // what lies behind it is nobody's
    return view(region, last ? Room.common(tensor) - from : count);
  }

  @Override
  public synchronized Tensor reshape(Tensor tensor, int rows, int cols) {
    Region t = mine("reshape", tensor);
    OpShapes.reshape(tensor, t.dense(), rows, cols);
    long room = cols == 0 ? rows : (long) Room.common(tensor) * t.cols() / cols;
    return view(new Region(t.memory(), t.offset(), rows, cols, cols), (int) room);
  }

  private Tensor view(Region region, int room) {
    DeviceTensor view = slot().view(region, room);
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
    TiledProgram program = choose(x, by, out);
    Kernel kernel = product(by.glu() ? "linear_glu" : "linear", program, x, by, out);
    if (!by.glu()) {
      kernel.integer(by.activation().ordinal());
    }
    launch(kernel, program.grid(Room.common(x, out), out.cols(), by.glu()));
  }

  @Override
  public synchronized void normLinear(Tensor x, Norm norm, Linear layer, Tensor out) {
    DeviceLinear by = own("linear", layer);
    OpShapes.linear("linear", x, layer, out);
    TiledProgram program = choose(x, by, out);
    DeviceNorm normal = own("layer_norm", norm);
    OpShapes.width("layer_norm", normal.width(), x);
    if (!program.normalizes() || normal.activation() != Activation.NONE) {
      Execution.super.normLinear(x, norm, layer, out);
      return;
    }
    Kernel kernel =
        product(by.glu() ? "norm_linear_glu" : "norm_linear", program, x, by, out)
            .memory(normal.gamma())
            .memory(normal.beta())
            .real(normal.eps());
    if (!by.glu()) {
      kernel.integer(by.activation().ordinal());
    }
    launch(kernel, program.grid(Room.common(x, out), out.cols(), by.glu()));
  }

  @Override
  public synchronized void feedForward(
      Tensor x, Norm norm, Linear up, Linear down, float scale, Tensor sum) {
    int mark = mark();
    Tensor hidden = take(x.rows(), up.outputs());
    normLinear(x, norm, up, hidden);
    linearAdd(hidden, down, scale, sum);
    release(mark);
  }

  @Override
  public synchronized void linearAdd(Tensor x, Linear layer, float scale, Tensor sum) {
    DeviceLinear by = own("linearAdd", layer);
    OpShapes.linear("linearAdd", x, layer, sum);
    if (by.glu()) {
      throw new ShapeException("linearAdd: a layer with GLU cannot be added");
    }
    TiledProgram program = choose(x, by, sum);
    Kernel kernel = product("linear_add", program, x, by, sum);
    kernel.integer(by.activation().ordinal()).real(scale);
    launch(kernel, program.grid(Room.common(x, sum), sum.cols(), false));
  }

  private TiledProgram choose(Tensor x, DeviceLinear by, Tensor out) {
    Region in = mine("linear", x);
    mine("linear", out);
    return by.products().choose(in, Room.common(x, out), out.cols(), by.glu());
  }

  private DeviceLinear own(String op, Linear layer) {
    if (layer instanceof DeviceLinear by && by.owner() == backend) {
      return by;
    }
    throw foreign(op);
  }

  private DeviceNorm own(String op, Norm norm) {
    if (norm instanceof DeviceNorm by && by.owner() == backend) {
      return by;
    }
    throw foreign(op);
  }

  /** The arguments that the kernels of linear.cl have in common. */
  private Kernel product(
      String kernel, TiledProgram program, Tensor x, DeviceLinear by, Tensor out) {
    Region in = mine(kernel, x);
    Region result = mine(kernel, out);
    return queue
        .kernel(program.program(), kernel)
        .region(in)
        .memory(by.weight())
        .memory(by.bias())
        .region(result)
        .integer(Room.common(x, out))
        .integer(by.inputs())
        .integer(by.outputs());
  }

  private static void launch(Kernel kernel, Grid grid) {
    if (grid.x() > 0 && grid.y() > 0 && grid.z() > 0) {
      kernel.launch(grid);
    }
  }

  @Override
  public synchronized void layerNorm(Tensor x, Norm norm, Tensor out) {
    Kernel kernel = norm("layer_norm", x, norm, out);
    launch(kernel, Grid.line(Room.common(x, out), tuning.rowItems()));
  }

  @Override
  public synchronized void groupNorm(Tensor x, Norm norm, Segments segments, Tensor out) {
    OpShapes.rows("group norm", "x", segments, x);
    Kernel kernel = norm("group_norm", x, norm, out).memory(tables.starts(segments).memory());
    launch(kernel, Grid.line(segments.count(), tuning.rowItems()));
  }

  /** The arguments that the kernels of layer_norm.cl have in common. */
  private Kernel norm(String kernel, Tensor x, Norm norm, Tensor out) {
    DeviceNorm by = own(kernel, norm);
    OpShapes.width(kernel, by.width(), x);
    OpShapes.same(kernel, x, out);
    return queue
        .kernel(programs.layerNorm(), kernel)
        .region(mine(kernel, x))
        .memory(by.gamma())
        .memory(by.beta())
        .region(mine(kernel, out))
        .integer(by.width())
        .real(by.eps())
        .integer(by.activation().ordinal());
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
    Kernel launch =
        queue
            .kernel(programs.softmax(), kernel)
            .region(mine(kernel, x))
            .region(mine(kernel, out))
            .integer(out.cols());
    launch(launch, Grid.line(Room.common(x, out), tuning.rowItems()));
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
            .region(mine(op, out));
    int elements = Room.common(x, y, out) * out.cols();
    kernel.integer(elements).integer(out.cols()).real(alpha).real(beta);
    launchElements(kernel, elements);
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
            .region(mine(op, out));
    int elements = Room.common(gate, a, b, out) * out.cols();
    launchElements(kernel.integer(elements).integer(out.cols()), elements);
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
    Region places = queries; // for kernels that read none
    if (term != PositionTerm.NONE) {
      mine(op, positions);
      places = ((DeviceTensor) positions).positionRows(term);
    }
    Region keys = mine(op, kv);
    AttentionProgram program = by.choose(queries, keys, places);
    SegmentTable blocks = tables.blocks(segments, program.queries());
    Kernel kernel =
        queue
            .kernel(program.program(), "attention")
            .region(queries)
            .region(keys)
            .region(places)
            .integer(term == PositionTerm.NONE ? 0 : places.rows())
            .memory(by.biasU())
            .memory(by.biasV())
            .region(mine(op, out))
            .memory(blocks.memory());
    by.sizes(kernel);
    int slices = Grid.ceil(by.headWidth(), program.slice());
    launch(kernel, new Grid(blocks.entries(), by.heads(), slices, program.items()));
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
    mine(op, out);
    int elements = Math.min(segments.room(), Room.common(out)) * out.cols();
    Kernel kernel =
        queue
            .kernel(programs.depthwise(), "depthwise")
            .region(mine(op, x))
            .memory(by.weight())
            .memory(by.bias())
            .memory(by.paddingRow())
            .region(mine(op, out))
            .memory(tables.rows(segments).memory())
            .integer(elements)
            .integer(by.channels());
    by.taps(kernel);
    launchElements(kernel, elements);
  }

  @Override
  public synchronized Tensor convolution(Tensor x, ConvolutionLayers layers, Segments segments) {
    String op = "convolution";
    OpShapes.width(op, layers.width(), x);
    OpShapes.rows(op, "rows of x", segments, x);
    Region in = mine(op, x);
    ConvolutionProgram program = backend.convolutionProgram();
    int rows = Math.min(segments.room(), Room.common(x));
    if (program == null || !program.fits(layers, in, rows)) {
      return Execution.super.convolution(x, layers, segments);
    }
    Tensor sum = take(x.rows(), x.cols());
    int common = Math.min(rows, Room.common(sum));
    program.launch(queue, layers, in, mine(op, sum), tables.rows(segments).memory(), common);
    return sum;
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
    Region in = mine(op, x);
    mine(op, out);
    int rows = (int) Math.min((long) outputFrames.room() * g.outputBins(), Room.common(out));
    TiledProgram program = by.products().choose(in, rows, out.cols(), false);
    Kernel kernel =
        queue
            .kernel(program.program(), "conv2d")
            .region(in)
            .memory(by.weight())
            .memory(by.bias())
            .region(mine(op, out))
            .memory(tables.places(g, frames, outputFrames).memory())
            .integer(rows);
    by.sizes(kernel);
    launch(kernel, program.grid(rows, out.cols(), false));
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

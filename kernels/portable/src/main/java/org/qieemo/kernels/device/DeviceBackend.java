package org.qieemo.kernels.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Attention;
import org.qieemo.kernels.AttentionSpec;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.Conv2d;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.Decoder;
import org.qieemo.kernels.DepthwiseConv;
import org.qieemo.kernels.DepthwiseSpec;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.HostTensor;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.OpShapes;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.kernels.Precision;

/**
 * The op contract on an accelerator. Weights are uploaded once, when a layer is prepared. In {@link
 * Precision#F32}, matrices stored as float16 or bfloat16 stay so, all else becomes float32; in the
 * others all matrices are rounded to that type, and so is what they are multiplied by where the
 * device has matrix units for it; sums are float32. Kernels are built when a layer first needs
 * them, so that a forward never waits for a compiler. Thread-safe.
 */
public final class DeviceBackend implements Backend {
  private final Device device;
  private final Tuning tuning;
  private final Precision precision;
  private final Programs programs;
  private final RowPrograms rowPrograms;
  private final ConvolutionProgram convolution; // null without
  private final Queue uploads; // guarded by itself
  private final Constants constants;
  private final List<Memory> weights = new ArrayList<>(); // guarded by itself
  private final Set<DeviceExecution> executions = new HashSet<>(); // guarded by itself
  private volatile boolean closed;

  /** Kernels that every execution needs, whatever the model. */
  record RowPrograms(
      Program layerNorm,
      Program softmax,
      Program scaledSum,
      Program gatedSum,
      Program depthwise,
      Program pool) {}

  private DeviceBackend(Device device, Tuning tuning, Precision precision, Programs programs) {
    this.device = device;
    this.tuning = tuning;
    this.precision = precision;
    this.programs = programs;
    this.rowPrograms =
        new RowPrograms(
            programs.reducing("layer_norm"),
            programs.reducing("softmax"),
            programs.elementwise("scaled_sum"),
            programs.elementwise("gated_sum"),
            programs.elementwise("depthwise"),
            programs.elementwise("pool"));
    this.convolution = precision == Precision.F32 ? null : buildConvolution();
    this.uploads = device.newQueue();
    this.constants = new Constants(device, uploads);
  }

  private ConvolutionProgram buildConvolution() {
    return device
        .convolution(DType.valueOf(precision.name()))
        .map(kernel -> new ConvolutionProgram(this, programs.of(kernel), kernel))
        .orElse(null);
  }

  /** As {@link #open(Device, Precision)} in float32. */
  public static DeviceBackend open(Device device) {
    return open(device, Precision.F32);
  }

  /**
   * Opens a back end on a device, which now belongs to it: closing the back end closes the device,
   * and so does a failure to open.
   *
   * @throws BackendException if the device is too small or refuses the kernels
   */
  public static DeviceBackend open(Device device, Precision precision) {
    Programs programs = null;
    try {
      Tuning tuning = Tuning.of(device.limits());
      programs = new Programs(device, tuning);
      return new DeviceBackend(device, tuning, precision, programs);
    } catch (RuntimeException | Error e) {
      if (programs != null) {
        programs.close();
      }
      device.close();
      throw e;
    }
  }

  /** Every kernel text that a device of these limits may need, for compilers that work ahead. */
  public static List<KernelText> kernelTexts(Limits limits) {
    return Programs.texts(Tuning.of(limits));
  }

  Device device() {
    return device;
  }

  Tuning tuning() {
    return tuning;
  }

  RowPrograms rowPrograms() {
    return rowPrograms;
  }

  /** The kernels of whole convolution modules, null where there are none. */
  ConvolutionProgram convolutionProgram() {
    return convolution;
  }

  Constants constants() {
    return constants;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this " + name() + " back end is closed");
    }
  }

  @Override
  public String name() {
    return device.backend();
  }

  @Override
  public String description() {
    String rounded = ", matrices in " + precision.text();
    return device.description() + (precision == Precision.F32 ? "" : rounded);
  }

  @Override
  public List<String> warnings() {
    return device.warnings();
  }

  @Override
  public Linear linear(HostTensor weight, HostTensor bias, Activation activation) {
    requireOpen();
    OpShapes.linearLayer(weight, bias, activation);
    int rows = weight.dim(0);
    int inputs = columns(weight);
    boolean glu = activation == Activation.GLU;
    DType stored = stored(weight);
    boolean deep = inputs >= Products.DEEP && !glu;
    List<ProductKernels> own =
        !isRounded(inputs)
            ? List.of()
            : deep ? device.deepProducts(stored) : device.products(stored);
    return new DeviceLinear(
        this,
        programs.products("linear", stored, own),
        upload(weight, stored),
        upload(bias == null ? new float[rows] : bias.toFloats()),
        inputs,
        glu ? rows / 2 : rows,
        activation);
  }

  private static int columns(HostTensor weight) {
    int columns = 1;
    for (int i = 1; i < weight.rank(); i++) {
      columns = Math.multiplyExact(columns, weight.dim(i));
    }
    return columns;
  }

  @Override
  public Norm layerNorm(HostTensor gamma, HostTensor beta, float eps, Activation activation) {
    requireOpen();
    OpShapes.normLayer(gamma, beta, activation);
    int width = Math.toIntExact(gamma.elements());
    return new DeviceNorm(
        this, upload(gamma.toFloats()), upload(beta.toFloats()), width, eps, activation);
  }

  @Override
  public DepthwiseConv depthwiseConv(DepthwiseSpec spec) {
    requireOpen();
    int channels = spec.weight().dim(0);
    int kernel = spec.weight().dim(1);
    float[] byChannel = spec.weight().toFloats();
    float[] byTap = new float[byChannel.length];
    for (int c = 0; c < channels; c++) {
      for (int k = 0; k < kernel; k++) {
        byTap[k * channels + c] = byChannel[c * kernel + k];
      }
    }
    HostTensor outside = spec.paddingRow();
    return new DeviceDepthwise(
        this,
        upload(byTap),
        upload(spec.bias().toFloats()),
        upload(outside == null ? new float[channels] : outside.toFloats()),
        channels,
        kernel,
        spec.leftPadding(),
        spec.activation());
  }

  @Override
  public Conv2d conv2d(HostTensor weight, HostTensor bias, Conv2dGeometry geometry) {
    requireOpen();
    OpShapes.conv2dLayer(weight, bias, geometry);
    DType stored = stored(weight);
    boolean rounded = isRounded(geometry.inputChannels());
    return new DeviceConv2d(
        this,
        programs.products("conv2d", stored, rounded ? device.convolutions(stored) : List.of()),
        upload(weight, stored),
        upload(bias.toFloats()),
        geometry);
  }

  @Override
  public Attention attention(AttentionSpec spec) {
    requireOpen();
    boolean none = spec.positionTerm() == PositionTerm.NONE;
    return new DeviceAttention(
        this,
        precision == Precision.F32
            ? null
            : programs.ownAttention(
                DType.valueOf(precision.name()), spec.positionTerm(), spec.width() / spec.heads()),
        programs.attention(spec.positionTerm()),
        upload(none ? new float[spec.width()] : spec.biasU().toFloats()),
        upload(none ? new float[spec.width()] : spec.biasV().toFloats()),
        spec);
  }

  /** Whether the other factor may be rounded too, by kernels that want rows aligned. */
  private boolean isRounded(int depth) {
    return precision != Precision.F32 && depth % Products.DEPTH_ALIGNMENT == 0;
  }

  /** How a matrix lies on the device. */
  private DType stored(HostTensor weight) {
    DType dtype = weight.dtype();
    return switch (precision) {
      case F32 -> dtype == DType.F16 || dtype == DType.BF16 ? dtype : DType.F32;
      case F16 -> DType.F16;
      case BF16 -> DType.BF16;
    };
  }

  private Memory upload(HostTensor weight, DType stored) {
    if (stored == DType.F32) {
      return upload(weight.toFloats());
    }
    if (stored != weight.dtype()) {
      return upload(rounded(weight.toFloats(), stored));
    }
    ByteBuffer file = weight.data();
    ByteBuffer bytes = ByteBuffer.allocate(file.remaining()).order(ByteOrder.nativeOrder());
    while (file.hasRemaining()) {
      bytes.putShort(file.getShort());
    }
    return upload(bytes.flip());
  }

  private static ByteBuffer rounded(float[] values, DType stored) {
    int size = Math.multiplyExact(values.length, Short.BYTES);
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    for (float value : values) {
      bytes.putShort(
          stored == DType.F16 ? Decoder.floatToHalf(value) : Decoder.floatToBfloat16(value));
    }
    return bytes.flip();
  }

  private Memory upload(float[] values) {
    int bytes = Math.multiplyExact(values.length, Float.BYTES);
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    buffer.asFloatBuffer().put(values);
    return upload(buffer);
  }

  private Memory upload(ByteBuffer bytes) {
    Memory memory = device.allocate(Math.max(bytes.remaining(), Float.BYTES));
    synchronized (weights) {
      weights.add(memory);
    }
    synchronized (uploads) {
      uploads.upload(bytes, memory);
    }
    return memory;
  }

  @Override
  public Execution newExecution() {
    requireOpen();
    return register(device.newQueue());
  }

  /** An execution that measures every launch; for benchmarks. */
  public Execution newExecution(Timings timings) {
    requireOpen();
    return register(device.newQueue(timings));
  }

  private Execution register(Queue queue) {
    DeviceExecution execution = new DeviceExecution(this, queue);
    synchronized (executions) {
      if (!closed) {
        executions.add(execution);
        return execution;
      }
    }
    execution.close();
    throw new IllegalStateException("this " + name() + " back end is closed");
  }

  void forget(DeviceExecution execution) {
    synchronized (executions) {
      executions.remove(execution);
    }
  }

  /**
   * Waits for the ops of its executions that are running, then frees all that it has on the device.
   */
  @Override
  public void close() {
    List<DeviceExecution> open;
    synchronized (executions) {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(executions);
    }
    open.forEach(DeviceExecution::close);
    constants.close();
    synchronized (uploads) {
      uploads.close();
    }
    synchronized (weights) {
      weights.forEach(Memory::close);
      weights.clear();
    }
    programs.close();
    device.close();
  }
}

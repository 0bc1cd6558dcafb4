package org.qieemo.kernels.opencl;

import java.util.List;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_mem;
import org.jocl.cl_program;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.device.Device;
import org.qieemo.kernels.device.DeviceHealth;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.Limits;
import org.qieemo.kernels.device.Memory;
import org.qieemo.kernels.device.Program;
import org.qieemo.kernels.device.Queue;
import org.qieemo.kernels.device.Timings;

/** An OpenCL device with a context of its own. Thread-safe. */
final class ClDevice implements Device {
  private final ClDeviceInfo info;
  private final cl_context context;
  private final ClCompiler compiler;
  private final DeviceHealth health;
  private boolean closed; // guarded by this

  private ClDevice(ClDeviceInfo info, cl_context context) {
    this.info = info;
    this.context = context;
    this.health = new DeviceHealth("OpenCL device " + info.name());
    this.compiler = new ClCompiler(info, context, BinaryCache.ofThisUser());
  }

  static ClDevice open(ClDeviceInfo info) {
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, info.platform());
    int[] code = new int[1];
    cl_context context =
        CL.clCreateContext(properties, 1, new cl_device_id[] {info.id()}, null, null, code);
    Cl.check(code[0], "open " + info.describe());
    return new ClDevice(info, context);
  }

  @Override
  public String backend() {
    return OpenClProvider.NAME;
  }

  @Override
  public String description() {
    return "OpenCL, " + info.describe();
  }

  @Override
  public List<String> warnings() {
    return Jocl.signals().filter(SignalHandlers.State.REPLACED::equals).isPresent()
        ? List.of(
            "the OpenCL driver of "
                + info.platformName()
                + " replaced Java's signal handlers, the process may end without a message: "
                + SignalHandlers.remedy())
        : List.of();
  }

  @Override
  public Limits limits() {
    return info.limits();
  }

  cl_context context() {
    return context;
  }

  DeviceHealth health() {
    return health;
  }

  /** Throws unless the call succeeded, and remembers a device that is lost. */
  void check(int code, String what) {
    if (Cl.isLost(code)) {
      throw health.lose(CL.stringFor_errorCode(code) + " to " + what);
    }
    Cl.check(code, what);
  }

  /** As {@link #check} for commands, for which drivers say so when they have met a fault. */
  void checkCommand(int code, String what) {
    if (code == CL.CL_OUT_OF_RESOURCES) {
      throw health.lose(CL.stringFor_errorCode(code) + " to " + what);
    }
    check(code, what);
  }

  @Override
  public Memory allocate(long bytes) {
    health.require();
    long most = info.limits().allocationBytes();
    if (bytes > most) {
      throw new BackendException(
          "OpenCL device %s permits %d MiB in one piece, and %d are needed: use shorter audio, fewer files at once, or --backend cpu"
              .formatted(info.name(), most >> 20, bytes >> 20));
    }
    int[] code = new int[1];
    cl_mem memory = CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, bytes, null, code);
    check(code[0], "reserve " + bytes + " bytes");
    return new ClMemory(memory, bytes);
  }

  @Override
  public Program build(KernelText text) {
    health.require();
    cl_program program = compiler.build(text);
    return new ClProgram(program);
  }

  @Override
  public Queue newQueue() {
    return new ClQueue(this, queue(0), null);
  }

  @Override
  public Queue newQueue(Timings timings) {
    return new ClQueue(this, queue(CL.CL_QUEUE_PROFILING_ENABLE), timings);
  }

  @SuppressWarnings("deprecation") // the newer call needs OpenCL 2.0
  private cl_command_queue queue(long properties) {
    health.require();
    int[] code = new int[1];
    cl_command_queue queue = CL.clCreateCommandQueue(context, info.id(), properties, code);
    check(code[0], "open a queue");
    return queue;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      CL.clReleaseContext(context);
    }
  }
}

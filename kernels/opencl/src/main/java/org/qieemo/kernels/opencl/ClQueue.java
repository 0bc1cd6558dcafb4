package org.qieemo.kernels.opencl;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.qieemo.kernels.device.Grid;
import org.qieemo.kernels.device.Kernel;
import org.qieemo.kernels.device.Memory;
import org.qieemo.kernels.device.Program;
import org.qieemo.kernels.device.Queue;
import org.qieemo.kernels.device.Region;
import org.qieemo.kernels.device.Timings;

/**
 * An in-order command queue with kernel objects of its own, since their arguments are not
 * thread-safe. One thread at a time.
 */
final class ClQueue implements Queue {
  private final ClDevice device;
  private final cl_command_queue queue;
  private final Timings timings; // null unless launches are measured
  private final Map<Program, Map<String, ClKernel>> kernels = new HashMap<>();
  private boolean closed;

  ClQueue(ClDevice device, cl_command_queue queue, Timings timings) {
    this.device = device;
    this.queue = queue;
    this.timings = timings;
  }

  @Override
  public void upload(ByteBuffer from, Memory to) {
    device.health().require();
    if (!from.hasRemaining()) {
      return;
    }
    Pointer bytes = Pointer.to(from.array()).withByteOffset(from.arrayOffset() + from.position());
    int code =
        CL.clEnqueueWriteBuffer(
            queue, ClMemory.of(to), true, 0, from.remaining(), bytes, 0, null, null);
    device.checkCommand(code, "copy to the device");
  }

  @Override
  public void write(ByteBuffer from, Memory to) {
    upload(from, to); // blocking, so that the heap's memory may be given to the driver
  }

  @Override
  public void write(float[] from, int offset, Region to) {
    device.checkCommand(copy(true, from, offset, to), "copy to the device");
  }

  @Override
  public void read(Region from, float[] to, int offset) {
    device.checkCommand(copy(false, to, offset, from), "copy from the device");
  }

  private int copy(boolean toDevice, float[] values, int offset, Region region) {
    device.health().require();
    Pointer host = Pointer.to(values).withByteOffset((long) offset * Float.BYTES);
    var memory = ClMemory.of(region.memory());
    if (region.dense()) {
      long at = (long) region.offset() * Float.BYTES;
      long bytes = (long) region.elements() * Float.BYTES;
      return toDevice
          ? CL.clEnqueueWriteBuffer(queue, memory, true, at, bytes, host, 0, null, null)
          : CL.clEnqueueReadBuffer(queue, memory, true, at, bytes, host, 0, null, null);
    }
    long pitch = (long) region.stride() * Float.BYTES;
    long width = (long) region.cols() * Float.BYTES;
    long[] at = {
      (long) region.offset() % region.stride() * Float.BYTES, region.offset() / region.stride(), 0
    };
    long[] size = {width, region.rows(), 1};
    long[] zero = new long[3];
    return toDevice
        ? CL.clEnqueueWriteBufferRect(
            queue, memory, true, at, zero, size, pitch, 0, width, 0, host, 0, null, null)
        : CL.clEnqueueReadBufferRect(
            queue, memory, true, at, zero, size, pitch, 0, width, 0, host, 0, null, null);
  }

  @Override
  public Kernel kernel(Program program, String name) {
    device.health().require();
    Map<String, ClKernel> ofProgram = kernels.computeIfAbsent(program, p -> new HashMap<>());
    ClKernel kernel = ofProgram.get(name);
    if (kernel == null) {
      int[] code = new int[1];
      cl_kernel made = CL.clCreateKernel(ClProgram.of(program), name, code);
      device.checkCommand(code[0], "find the kernel " + name);
      kernel = new ClKernel(device, this, name, made);
      ofProgram.put(name, kernel);
    }
    return kernel.begin();
  }

  void launch(String name, cl_kernel kernel, Grid grid) {
    long[] items = {(long) grid.x() * grid.items(), grid.y(), grid.z()};
    long[] group = {grid.items(), 1, 1};
    cl_event event = timings == null ? null : new cl_event();
    int code = CL.clEnqueueNDRangeKernel(queue, kernel, 3, null, items, group, 0, null, event);
    device.checkCommand(code, "run the kernel " + name);
    if (event != null) {
      measure(name, event);
    }
  }

  private void measure(String name, cl_event event) {
    try {
      device.checkCommand(CL.clWaitForEvents(1, new cl_event[] {event}), "run the kernel " + name);
      long nanos =
          time(event, CL.CL_PROFILING_COMMAND_END) - time(event, CL.CL_PROFILING_COMMAND_START);
      timings.launched(name, nanos);
    } finally {
      CL.clReleaseEvent(event);
    }
  }

  private long time(cl_event event, int moment) {
    long[] nanos = new long[1];
    int code = CL.clGetEventProfilingInfo(event, moment, Sizeof.cl_ulong, Pointer.to(nanos), null);
    device.checkCommand(code, "measure a kernel");
    return nanos[0];
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (!device.health().isLost()) { // a lost one might not come back
      CL.clFinish(queue); // what it returns does not matter any more
    }
    kernels.values().forEach(named -> named.values().forEach(ClKernel::free));
    kernels.clear();
    CL.clReleaseCommandQueue(queue);
  }
}

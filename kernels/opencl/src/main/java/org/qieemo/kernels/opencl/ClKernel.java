package org.qieemo.kernels.opencl;

import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.qieemo.kernels.device.Grid;
import org.qieemo.kernels.device.Kernel;
import org.qieemo.kernels.device.Memory;

/** A kernel of one queue and the arguments of its next launch. */
final class ClKernel implements Kernel {
  private final ClDevice device;
  private final ClQueue queue;
  private final String name;
  private final cl_kernel kernel;
  private final int[] integer = new int[1];
  private final float[] real = new float[1];
  private int next; // argument

  ClKernel(ClDevice device, ClQueue queue, String name, cl_kernel kernel) {
    this.device = device;
    this.queue = queue;
    this.name = name;
    this.kernel = kernel;
  }

  /** Starts with the first argument. */
  ClKernel begin() {
    next = 0;
    return this;
  }

  @Override
  public Kernel memory(Memory value) {
    return argument(Sizeof.cl_mem, Pointer.to(ClMemory.of(value)));
  }

  @Override
  public Kernel integer(int value) {
    integer[0] = value;
    return argument(Sizeof.cl_int, Pointer.to(integer));
  }

  @Override
  public Kernel real(float value) {
    real[0] = value;
    return argument(Sizeof.cl_float, Pointer.to(real));
  }

  private Kernel argument(long bytes, Pointer value) {
    int code = CL.clSetKernelArg(kernel, next, bytes, value);
    device.check(code, "pass argument " + next + " of the kernel " + name);
    next++;
    return this;
  }

  @Override
  public void launch(Grid grid) {
    queue.launch(name, kernel, grid);
  }

  void free() {
    CL.clReleaseKernel(kernel);
  }
}

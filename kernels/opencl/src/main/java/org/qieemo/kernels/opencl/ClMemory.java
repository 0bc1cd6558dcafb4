package org.qieemo.kernels.opencl;

import org.jocl.CL;
import org.jocl.cl_mem;
import org.qieemo.kernels.device.Memory;

/** A buffer. OpenCL keeps it until queued commands that use it have run. */
final class ClMemory implements Memory {
  private final long bytes;
  private final cl_mem memory;
  private boolean closed; // guarded by this

  ClMemory(cl_mem memory, long bytes) {
    this.memory = memory;
    this.bytes = bytes;
  }

  static cl_mem of(Memory memory) {
    return ((ClMemory) memory).open();
  }

  private synchronized cl_mem open() {
    if (closed) {
      throw new IllegalStateException("this device memory was freed");
    }
    return memory;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      CL.clReleaseMemObject(memory);
    }
  }
}

package org.qieemo.kernels.opencl;

import org.jocl.CL;
import org.jocl.cl_program;
import org.qieemo.kernels.device.Program;

/** A built program. */
final class ClProgram implements Program {
  private final cl_program program;
  private boolean closed; // guarded by this

  ClProgram(cl_program program) {
    this.program = program;
  }

  static cl_program of(Program program) {
    return ((ClProgram) program).open();
  }

  private synchronized cl_program open() {
    if (closed) {
      throw new IllegalStateException("this program was freed");
    }
    return program;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      CL.clReleaseProgram(program);
    }
  }
}

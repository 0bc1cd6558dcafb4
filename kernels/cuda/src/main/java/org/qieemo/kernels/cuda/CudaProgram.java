package org.qieemo.kernels.cuda;

import java.util.Arrays;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.Program;

/** A module of the driver, made of the PTX that the jar has for a kernel text. Thread-safe. */
final class CudaProgram implements Program {
  private final CudaDevice device;
  private final CUmodule module;
  private boolean closed; // guarded by this

  private CudaProgram(CudaDevice device, CUmodule module) {
    this.device = device;
    this.module = module;
  }

  static CudaProgram load(CudaDevice device, KernelText text) {
    byte[] ptx = Ptx.of(text);
    CUmodule module = new CUmodule();
    byte[] terminated = Arrays.copyOf(ptx, ptx.length + 1); // the driver reads a C string
    int code = JCudaDriver.cuModuleLoadData(module, terminated);
    device.check(code, "load the kernels of " + text.name());
    return new CudaProgram(device, module);
  }

  synchronized CUfunction function(String name) {
    if (closed) {
      throw new IllegalStateException("this program was freed");
    }
    CUfunction function = new CUfunction();
    int code = JCudaDriver.cuModuleGetFunction(function, module, name);
    device.check(code, "find the kernel " + name);
    return function;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      device.enterToFree();
      JCudaDriver.cuModuleUnload(module);
    }
  }
}

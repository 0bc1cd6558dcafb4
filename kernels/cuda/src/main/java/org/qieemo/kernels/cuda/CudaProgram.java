package org.qieemo.kernels.cuda;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.Program;

/**
 * A module of the driver, made of the cubin that the jar has for a kernel text and the device, else
 * of the PTX. Thread-safe.
 */
final class CudaProgram implements Program {
  /** The definition in a text that says how much group memory its kernels want at launch. */
  static final String DYNAMIC_BYTES = "DYNAMIC_BYTES";

  private static final Pattern DYNAMIC = Pattern.compile("#define " + DYNAMIC_BYTES + " (\\d+)\n");

  private final CudaDevice device;
  private final CUmodule module;
  private final int dynamicBytes;
  private boolean closed; // guarded by this

  private CudaProgram(CudaDevice device, CUmodule module, int dynamicBytes) {
    this.device = device;
    this.module = module;
    this.dynamicBytes = dynamicBytes;
  }

  static CudaProgram load(CudaDevice device, KernelText text) {
    CUmodule compiled = ofCubin(device, text);
    CUmodule module = compiled == null ? ofPtx(device, text) : compiled;
    Matcher dynamic = DYNAMIC.matcher(text.text());
    int bytes = dynamic.find() ? Integer.parseInt(dynamic.group(1)) : 0;
    return new CudaProgram(device, module, bytes);
  }

  /** Null if the jar has no cubin for the device, or the driver, whatever it says, refuses it. */
  private static CUmodule ofCubin(CudaDevice device, KernelText text) {
    byte[] cubin = device.cubins().find(text);
    if (cubin == null) {
      return null;
    }
    CUmodule module = new CUmodule();
    int code = JCudaDriver.cuModuleLoadData(module, cubin);
    if (Cuda.isFatal(code)) {
      device.check(code, loading(text));
    }
    return code == CUresult.CUDA_SUCCESS ? module : null;
  }

  private static CUmodule ofPtx(CudaDevice device, KernelText text) {
    byte[] ptx = Ptx.of(text);
    CUmodule module = new CUmodule();
    byte[] terminated = Arrays.copyOf(ptx, ptx.length + 1); // the driver reads a C string
    device.check(JCudaDriver.cuModuleLoadData(module, terminated), loading(text));
    return module;
  }

  private static String loading(KernelText text) {
    return "load the kernels of " + text.name();
  }

  synchronized CUfunction function(String name) {
    if (closed) {
      throw new IllegalStateException("this program was freed");
    }
    CUfunction function = new CUfunction();
    int code = JCudaDriver.cuModuleGetFunction(function, module, name);
    device.check(code, "find the kernel " + name);
    if (dynamicBytes > 0) { // more than 48 KiB must be asked for
      int most = CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
      code = JCudaDriver.cuFuncSetAttribute(function, most, dynamicBytes);
      device.check(code, "reserve group memory for the kernel " + name);
    }
    return function;
  }

  /** Group memory that a launch of its kernels gets beside what they declare. */
  int dynamicBytes() {
    return dynamicBytes;
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

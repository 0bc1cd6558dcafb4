package org.qieemo.kernels.opencl;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_program;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.device.KernelText;

/** Builds kernel texts, from the cache where it can. Thread-safe. */
final class ClCompiler {
  private static final String OPTIONS = "-cl-std=CL1.2";

  private final ClDeviceInfo info;
  private final cl_context context;
  private final BinaryCache cache;

  ClCompiler(ClDeviceInfo info, cl_context context, BinaryCache cache) {
    this.info = info;
    this.context = context;
    this.cache = cache;
  }

  /**
   * Builds.
   *
   * @throws BackendException if the driver refuses the text
   */
  cl_program build(KernelText text) {
    String key =
        BinaryCache.key(
            text.text(), OPTIONS, info.platformName(), info.name(), info.version(), info.driver());
    byte[] binary = cache.find(key);
    cl_program program = binary == null ? null : ofBinary(binary);
    return program != null ? program : ofText(text, key);
  }

  /** The program of a binary, null if the driver does not take it any more. */
  private cl_program ofBinary(byte[] binary) {
    int[] code = new int[1];
    int[] status = new int[1];
    cl_program program =
        CL.clCreateProgramWithBinary(
            context, 1, devices(), new long[] {binary.length}, new byte[][] {binary}, status, code);
    if (code[0] != CL.CL_SUCCESS) {
      return null;
    }
    if (status[0] == CL.CL_SUCCESS
        && CL.clBuildProgram(program, 1, devices(), OPTIONS, null, null) == CL.CL_SUCCESS) {
      return program;
    }
    CL.clReleaseProgram(program);
    return null;
  }

  private cl_program ofText(KernelText text, String key) {
    int[] code = new int[1];
    cl_program program =
        CL.clCreateProgramWithSource(
            context, 1, new String[] {text.text()}, new long[] {text.text().length()}, code);
    Cl.check(code[0], "read the kernels of " + text.name());
    try {
      int built = CL.clBuildProgram(program, 1, devices(), OPTIONS, null, null);
      if (built != CL.CL_SUCCESS) {
        throw refused(text, program, built);
      }
      byte[] binary = binary(program);
      if (binary != null) {
        cache.put(key, binary);
      }
      return program;
    } catch (RuntimeException e) {
      CL.clReleaseProgram(program);
      throw e;
    }
  }

  private cl_device_id[] devices() {
    return new cl_device_id[] {info.id()};
  }

  private BackendException refused(KernelText text, cl_program program, int code) {
    String log = log(program).strip();
    String first = log.lines().filter(l -> l.contains("error")).findFirst().orElse(log);
    return new BackendException(
        "OpenCL driver %s refuses the kernels of %s (%s%s): update it, or use --backend cpu"
            .formatted(
                info.driver(),
                text.name(),
                CL.stringFor_errorCode(code),
                first.isEmpty() ? "" : ", " + first.lines().findFirst().orElse("")));
  }

  private String log(cl_program program) {
    long[] size = new long[1];
    CL.clGetProgramBuildInfo(program, info.id(), CL.CL_PROGRAM_BUILD_LOG, 0, null, size);
    byte[] text = new byte[(int) size[0]];
    if (text.length > 0) {
      CL.clGetProgramBuildInfo(
          program, info.id(), CL.CL_PROGRAM_BUILD_LOG, text.length, Pointer.to(text), null);
    }
    return new String(text, StandardCharsets.UTF_8).replace("\0", "");
  }

  /** What the driver made of the text, null if it does not tell. */
  private static byte[] binary(cl_program program) {
    long[] size = new long[1];
    int code =
        CL.clGetProgramInfo(
            program, CL.CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null);
    if (code != CL.CL_SUCCESS || size[0] < 1 || size[0] > BinaryCache.LARGEST) {
      return null;
    }
    byte[] binary = new byte[(int) size[0]];
    Pointer list = Pointer.to(Pointer.to(binary));
    code = CL.clGetProgramInfo(program, CL.CL_PROGRAM_BINARIES, Sizeof.POINTER, list, null);
    boolean empty = Arrays.equals(binary, new byte[binary.length]);
    return code == CL.CL_SUCCESS && !empty ? binary : null;
  }
}

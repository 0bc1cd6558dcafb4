package org.qieemo.kernels.cuda;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/**
 * Turns PTX into machine code on the processor, as a driver does: the assembler of CUDA 12.0 that
 * is among JCuda's natives. For the program that compiles the kernels, for tests and benchmarks;
 * its native code is not part of {@code qieemo-cuda.jar}. Stateless; calls of several threads run
 * at the same time.
 */
public final class PtxAssembler {
  private PtxAssembler() {}

  /**
   * What it gave.
   *
   * @param cubin an ELF file
   * @param said registers and memory of each kernel, and what it warns of
   */
  public record Assembled(byte[] cubin, String said) {}

  /** Its version, such as 12.0. */
  public static String version() {
    int[] major = new int[1];
    int[] minor = new int[1];
    check(JNvPTXCompiler.nvPTXCompilerGetVersion(major, minor), "");
    return major[0] + "." + minor[0];
  }

  /**
   * Assembles for a GPU. The same PTX gives the same bytes.
   *
   * @param gpu such as {@code sm_80}
   * @throws IllegalArgumentException if it refuses the PTX, with what it says
   */
  public static Assembled assemble(byte[] ptx, String gpu) {
    nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
    check(JNvPTXCompiler.nvPTXCompilerCreate(compiler, ptx.length, ptx), "");
    try {
      String[] options = {"--gpu-name=" + gpu, "--verbose"};
      int code = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
      check(code, code == 0 ? "" : " for " + gpu + ": " + errors(compiler));
      long[] size = new long[1];
      check(JNvPTXCompiler.nvPTXCompilerGetCompiledProgramSize(compiler, size), "");
      byte[] cubin = new byte[(int) size[0]];
      check(JNvPTXCompiler.nvPTXCompilerGetCompiledProgram(compiler, cubin), "");
      return new Assembled(cubin, said(compiler));
    } finally {
      JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
    }
  }

  private static String said(nvPTXCompilerHandle compiler) {
    long[] size = new long[1];
    check(JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(compiler, size), "");
    byte[] log = new byte[(int) size[0] + 1];
    check(JNvPTXCompiler.nvPTXCompilerGetInfoLog(compiler, log), "");
    return text(log);
  }

  private static String errors(nvPTXCompilerHandle compiler) {
    long[] size = new long[1];
    check(JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, size), "");
    byte[] log = new byte[(int) size[0] + 1];
    check(JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, log), "");
    return text(log);
  }

  /** Up to the first zero byte. */
  private static String text(byte[] log) {
    int end =
        IntStream.range(0, log.length).filter(i -> log[i] == 0).findFirst().orElse(log.length);
    return new String(log, 0, end, StandardCharsets.UTF_8);
  }

  private static void check(int code, String what) {
    if (code != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
      throw new IllegalArgumentException(nvPTXCompileResult.stringFor(code) + what);
    }
  }
}

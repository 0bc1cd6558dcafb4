package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.kernels.cuda.CudaKernels;
import org.qieemo.support.Repository;

/**
 * The compiled kernels in the jar are those of the sources, and assemble for the GPUs they are for;
 * those for tensor cores spill no register.
 */
class PtxTest {
  private static final Pattern SPILLS = Pattern.compile("(\\d+) bytes spill");
  private static final Pattern TOOLS = Pattern.compile("release [0-9.]+, V[0-9.]+");

  @TempDir Path folder;

  static List<CudaKernels.Source> sources() {
    return CudaKernels.sources();
  }

  @ParameterizedTest
  @MethodSource("sources")
  void isOfThisText(CudaKernels.Source source) {
    String ptx = text(source); // throws if it is of another text
    assertTrue(ptx.contains("\n.target " + source.target() + "\n"), source.file());
    assertTrue(ptx.contains(".visible .entry "), source.file());
  }

  private static String text(CudaKernels.Source source) {
    return new String(CudaKernels.ptx(source), StandardCharsets.US_ASCII);
  }

  /** The assembler in JCuda's jar, older than any driver with a GPU of this year, needs no GPU. */
  @ParameterizedTest
  @MethodSource("sources")
  void assembles(CudaKernels.Source source) {
    boolean linux = System.getProperty("os.name").equals("Linux");
    Assumptions.assumeTrue(linux && System.getProperty("os.arch").equals("amd64"));
    String own = source.target();
    for (String gpu : own.endsWith("a") ? List.of(own) : List.of(own, "sm_80", "sm_90")) {
      if (gpu.compareTo(own) >= 0) {
        assemble(source, gpu);
      }
    }
  }

  private static void assemble(CudaKernels.Source source, String gpu) {
    byte[] ptx = CudaKernels.ptx(source);
    nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
    check(JNvPTXCompiler.nvPTXCompilerCreate(compiler, ptx.length, ptx));
    try {
      String[] options = {"--gpu-name=" + gpu, "--verbose"};
      int code = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
      assertEquals(0, code, () -> source.file() + " for " + gpu + ": " + log(compiler));
      long[] size = new long[1];
      check(JNvPTXCompiler.nvPTXCompilerGetCompiledProgramSize(compiler, size));
      assertTrue(size[0] > 0, source.file());
      if (!source.target().equals("sm_75")) { // for tensor cores
        requireNoSpills(source.file() + " for " + gpu, info(compiler));
      }
    } finally {
      JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
    }
  }

  /** No register goes to memory. */
  private static void requireNoSpills(String what, String said) {
    Matcher spills = SPILLS.matcher(said);
    assertTrue(spills.find(), said);
    do {
      assertEquals("0", spills.group(1), () -> what + ": " + said);
    } while (spills.find());
  }

  private static String info(nvPTXCompilerHandle compiler) {
    long[] size = new long[1];
    check(JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(compiler, size));
    byte[] log = new byte[(int) size[0] + 1];
    check(JNvPTXCompiler.nvPTXCompilerGetInfoLog(compiler, log));
    return new String(log, StandardCharsets.UTF_8).replace("\0", "");
  }

  private static void check(int code) {
    assertEquals(0, code, () -> nvPTXCompileResult.stringFor(code));
  }

  private static String log(nvPTXCompilerHandle compiler) {
    long[] size = new long[1];
    check(JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, size));
    byte[] log = new byte[(int) size[0] + 1];
    check(JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, log));
    return new String(log, StandardCharsets.UTF_8).replace("\0", "");
  }

  /** With the compiler that made them, each comes out byte for byte. */
  @Test
  void nvccGivesTheSame() throws Exception {
    String tools = nvcc();
    Assumptions.assumeTrue(tools != null, "needs nvcc");
    Matcher made = TOOLS.matcher(text(sources().get(0)));
    assertTrue(made.find());
    if (!made.group().equals(tools)) {
      System.out.println(
          "skipped: the kernels were compiled by " + made.group() + ", not " + tools);
    }
    Assumptions.assumeTrue(made.group().equals(tools), "needs nvcc " + made.group());
    Path program = Repository.root().resolve("kernels/cuda/src/compile/CompileKernels.java");
    String classes = System.getProperty("java.class.path");
    run(
        600,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        classes,
        program.toString(),
        folder.toString());
    for (CudaKernels.Source source : sources()) {
      byte[] compiled = Files.readAllBytes(folder.resolve(source.file()));
      assertArrayEquals(compiled, CudaKernels.ptx(source), source.file() + " is stale");
    }
  }

  /** Release and version of nvcc, null without one. */
  private String nvcc() throws InterruptedException {
    try {
      Matcher version = TOOLS.matcher(run(60, "nvcc", "--version"));
      return version.find() ? version.group() : null;
    } catch (IOException e) {
      System.out.println("skipped: needs nvcc");
      return null;
    }
  }

  private String run(int seconds, String... command) throws IOException, InterruptedException {
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("no end after " + seconds + " s: " + List.of(command));
    }
    String text = Files.readString(said);
    assertEquals(0, process.exitValue(), text);
    return text;
  }
}

package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qieemo.support.Repository;

/**
 * The command line in a process of its own: with the emulated driver, with half of one, with none.
 */
class CommandLineTest {
  private static final Path SAMPLE = Repository.root().resolve("cli/samples/afraid.wav");

  @TempDir Path folder;

  /** What a process left. */
  private record Result(int code, String out, List<String> err) {}

  private Result qieemo(Map<String, String> environment, String... arguments) throws Exception {
    return qieemo(System.getProperty("java.class.path"), environment, arguments);
  }

  private Result qieemo(String classPath, Map<String, String> environment, String... arguments)
      throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("-Xlog:class+load:file=" + folder.resolve("loaded"));
    command.add("-Dqieemo.cache=" + System.getProperty("qieemo.cache", ""));
    command.addAll(List.of("-cp", classPath, "org.qieemo.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("OCL_ICD_VENDORS", folder.resolve("none").toString());
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    if (!process.waitFor(240, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("no end after 240 s: " + command);
    }
    List<String> errors =
        Files.readAllLines(err, StandardCharsets.UTF_8).stream()
            // what the JVM says of native code, Java 24 and newer with an empty line behind it
            .filter(line -> !line.startsWith("WARNING: ") && !line.isEmpty())
            .toList();
    return new Result(process.exitValue(), Files.readString(out), errors);
  }

  /** An environment with the emulated driver. */
  private static Map<String, String> emulated(String... more) throws IOException {
    if (!Emulation.isPossible()) {
      System.out.println("skipped: needs the emulated driver");
    }
    Assumptions.assumeTrue(Emulation.isPossible(), "needs the emulated driver");
    Map<String, String> environment = new HashMap<>();
    environment.put("LD_LIBRARY_PATH", Emulation.build().toString());
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return environment;
  }

  /** An environment without any driver; skips where the system has one. */
  private Map<String, String> noDriver() throws IOException {
    boolean there = Files.exists(Path.of("/proc/driver/nvidia")) || CudaUnderTest.isReal();
    Assumptions.assumeFalse(there, "needs a machine without NVIDIA driver");
    return Map.of();
  }

  private String doctor(Map<String, String> environment) throws Exception {
    Result result = qieemo(environment, "doctor");
    assertEquals(0, result.code(), result.err().toString());
    return line(result);
  }

  private static String line(Result result) {
    return result
        .out()
        .lines()
        .filter(l -> l.startsWith("back end cuda: "))
        .collect(Collectors.joining());
  }

  @Test
  void withoutDriverTheDoctorSaysWhatToInstall() throws Exception {
    String line = doctor(noDriver());
    assertTrue(line.contains("not usable, no NVIDIA driver"), line);
    assertTrue(line.contains("install the driver"), line);
  }

  @Test
  void withoutDriverAutoTakesTheCpuWithoutAWord() throws Exception {
    Result result = qieemo(noDriver(), "classify", "--format=jsonl", SAMPLE.toString());
    assertEquals(0, result.code(), result.err().toString());
    assertEquals(List.of(), result.err());
    assertTrue(result.out().contains("\"backend\":\"cpu\""), result.out());
  }

  @Test
  void withoutDriverAskingForCudaIsAnErrorOfOneLine() throws Exception {
    Result result = qieemo(noDriver(), "classify", "--backend=cuda", SAMPLE.toString());
    assertEquals(1, result.code());
    assertEquals(1, result.err().size(), result.err().toString());
    assertTrue(result.err().get(0).contains("no NVIDIA driver"), result.err().toString());
  }

  @Test
  void withoutDeviceTheDoctorSaysSo() throws Exception {
    String line = doctor(emulated("EMULATION_NO_DEVICE", "1"));
    assertTrue(line.contains("not usable, the NVIDIA driver finds no GPU"), line);
  }

  @Test
  void anOldDriverIsToldWithItsVersion() throws Exception {
    String line = doctor(emulated("EMULATION_VERSION", "11020"));
    assertTrue(line.contains("too old: it has CUDA 11.2, and 11.4"), line);
  }

  @Test
  void withoutJcudaTheDoctorSaysWhatToAdd() throws Exception {
    String without =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("jcuda"))
            .collect(Collectors.joining(File.pathSeparator));
    Result result = qieemo(without, Map.of(), "doctor");
    assertTrue(line(result).contains("JCuda is not on the class path"), result.out());
  }

  @Test
  void theDoctorListsTheDevices() throws Exception {
    Result result = qieemo(emulated(), "doctor");
    assertTrue(line(result).startsWith("back end cuda: usable, emulated"), result.out());
    assertTrue(result.out().contains("\n  device 0: emulated"), result.out());
  }

  @Test
  void theDoctorSaysWhatCublasNeeds() throws Exception {
    Result without = qieemo(emulated(), "doctor");
    String line = "\n  cuBLAS, which nothing needs: not usable, no libcublas.so.12 (CUDA 12.x;";
    assertTrue(without.out().contains(line), without.out());
    Map<String, String> environment = emulated();
    environment.merge("LD_LIBRARY_PATH", Emulation.build() + "/cublas", (a, b) -> a + ":" + b);
    Result with = qieemo(environment, "doctor");
    assertTrue(
        with.out().contains("\n  cuBLAS: usable with -Dqieemo.cuda.gemm=cublas"), with.out());
  }

  @Test
  void withoutItsBindingCublasIsNotUsable() throws Exception {
    String without =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("jcublas"))
            .collect(Collectors.joining(File.pathSeparator));
    Result result = qieemo(without, emulated(), "doctor");
    assertTrue(line(result).startsWith("back end cuda: usable"), result.out());
    assertTrue(result.out().contains("not usable, JCublas is not on the class path"), result.out());
  }

  @Test
  void cudaAloneNeverLoadsCublas() throws Exception {
    Result result = qieemo(emulated(), "classify", "--backend=cuda", SAMPLE.toString());
    assertEquals(0, result.code(), result.err().toString());
    String loaded = Files.readString(folder.resolve("loaded"));
    assertTrue(loaded.contains("jcuda.driver.JCudaDriver"), "the log says nothing");
    assertFalse(loaded.contains("jcuda.jcublas."));
  }

  @Test
  void theCommandLineHearsTheSameOnCuda() throws Exception {
    Result cuda = qieemo(emulated(), "classify", "--backend=cuda", SAMPLE.toString());
    Result cpu = qieemo(Map.of(), "classify", "--backend=cpu", SAMPLE.toString());
    assertEquals(0, cuda.code(), cuda.err().toString());
    assertEquals(List.of(), cuda.err());
    assertEquals(cpu.out(), cuda.out());
  }

  @Test
  void theCpuPathNeverLoadsJcuda() throws Exception {
    Result result = qieemo(Map.of(), "classify", "--backend=cpu", SAMPLE.toString());
    assertEquals(0, result.code(), result.err().toString());
    String loaded = Files.readString(folder.resolve("loaded"));
    assertTrue(loaded.contains("org.qieemo.kernels.cpu.CpuBackend"), "the log says nothing");
    assertFalse(loaded.contains("jcuda."));
    assertFalse(loaded.contains("org.qieemo.kernels.device."));
  }
}

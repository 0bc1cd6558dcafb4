package org.qieemo.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Choice of the back end and of its kernels, with its reason in words. */
class BackendsTest {
  @Test
  void theCpuIsFoundAndSaysWhatItRunsOn() {
    try (Backend backend = Cpu.open("auto", 2)) {
      assertEquals("cpu", backend.name());
      assertTrue(
          backend.description().matches("CPU, Vector API \\d+-bit, 2 threads"),
          backend.description());
    }
    try (Backend backend = Cpu.open("plain", 1)) {
      assertEquals(
          "CPU, plain Java, 1 thread: forced by qieemo.cpu.kernels=plain", backend.description());
    }
    try (Backend backend = Cpu.open("auto", 0)) {
      int threads = Runtime.getRuntime().availableProcessors();
      assertTrue(backend.description().contains(", " + threads + " thread"));
    }
  }

  /** Compiling the SIMD kernels takes longer than a short file takes on plain Java. */
  @Test
  void littleWorkRunsOnPlainJavaAndSaysWhy() {
    try (Backend backend = Backends.open("cpu", new BackendOptions(2, "", 1_000_000_000L))) {
      assertEquals(
          "CPU, plain Java, 2 threads: little to do, vector kernels would compile for longer",
          backend.description());
    }
    try (Backend backend = Backends.open("cpu", new BackendOptions(2, "", 1_000_000_000_000L))) {
      assertTrue(backend.description().contains("Vector API"), backend.description());
    }
    assertThrows(IllegalArgumentException.class, () -> new BackendOptions(1, "", -1));
  }

  @Test
  void unknownNamesAreRefusedWithTheKnownOnes() {
    BackendException noKernels = assertThrows(BackendException.class, () -> Cpu.open("fortran", 1));
    assertEquals(
        "no kernels 'fortran' for qieemo.cpu.kernels: found are auto, vector, plain",
        noKernels.getMessage());
    BackendException noBackend =
        assertThrows(BackendException.class, () -> Backends.open("abacus", BackendOptions.DEFAULT));
    assertTrue(noBackend.getMessage().contains("abacus"), noBackend.getMessage());
    assertTrue(noBackend.getMessage().contains("cpu"), noBackend.getMessage());
  }

  @Test
  void whatABackEndLacksIsRefusedIfItWasNamedAndToldUnderAuto() {
    BackendOptions options = new BackendOptions(1).withPrecision(Precision.F16);
    BackendException refused =
        assertThrows(BackendException.class, () -> Backends.open("cpu", options));
    assertEquals(
        "the cpu back end has no f16, only f32: choose that, or another back end",
        refused.getMessage());
    List<String> warnings = new ArrayList<>();
    try (Backend backend = Backends.open("auto", options, warnings::add)) {
      assertEquals("cpu", backend.name());
    }
    assertEquals(List.of("the cpu back end has no f16, only f32: it computes in f32"), warnings);
    warnings.clear();
    BackendOptions third = new BackendOptions(1, "3", BackendOptions.UNKNOWN);
    try (Backend backend = Backends.open("auto", third, warnings::add)) {
      assertEquals("cpu", backend.name());
    }
    assertEquals(
        List.of("auto takes the CPU, device '3' is not used: name its back end, too"), warnings);
    assertEquals(Precision.BF16, Precision.parse("bf16"));
    assertThrows(IllegalArgumentException.class, () -> Precision.parse("F16"));
  }

  /** Multiplies at some sizes, then prints the description of the back end or why there is none. */
  static final class Probe {
    public static void main(String[] args) {
      try (Backend backend = Backends.open("cpu", new BackendOptions(2))) {
        for (int inputs : new int[] {1, 2, 3, 17, 64, 513}) {
          for (int outputs : new int[] {1, 33, 257, 515}) {
            LinearTest.checkProduct(backend, inputs, outputs);
          }
        }
        System.out.println(backend.description());
      } catch (BackendException e) {
        System.out.println("refused: " + e.getMessage());
      }
    }
  }

  /** With BigDecimal instead of an instruction the products would take minutes. */
  @Test
  void withoutFusedMultiplyAddPlainJavaRunsAndSaysWhy() throws Exception {
    String[] options = {
      "-XX:+IgnoreUnrecognizedVMOptions", "-XX:-UseFMA", "--add-modules", "jdk.incubator.vector"
    };
    String printed = runProbe(options);
    assertTrue(
        printed.endsWith(
            "CPU, plain Java without fused multiply-add, 2 threads: this processor has no fused"
                + " multiply-add for SIMD kernels"),
        printed);
  }

  @Test
  void withoutTheModulePlainJavaRunsAndSaysWhatToDo() throws Exception {
    assertEquals(
        "CPU, plain Java, 2 threads: jdk.incubator.vector is not resolved; start Java with"
            + " --add-modules jdk.incubator.vector for SIMD kernels (cli/bin/qieemo does)",
        runProbe());
  }

  @Test
  void withoutTheModuleVectorCannotBeForced() throws Exception {
    String printed = runProbe("-Dqieemo.cpu.kernels=vector");
    assertTrue(
        printed.startsWith("refused: qieemo.cpu.kernels=vector cannot be had: jdk.incubator"),
        printed);
  }

  private static String runProbe(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor(), printed);
    return printed;
  }
}

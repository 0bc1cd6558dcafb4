package org.qieemo.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.kernels.device.Limits;

/** The text that OpenCL runs is CUDA too: nvcc, where it is installed, makes PTX of it. */
class NvccTest {
  private static final Limits GPU = new Limits(1024, 48 << 10, 1L << 32);

  @TempDir Path folder;

  @BeforeAll
  static void requireNvcc() {
    boolean there;
    try {
      there = run(List.of("nvcc", "--version"), Path.of("/dev/null")) == 0;
    } catch (IOException | InterruptedException e) {
      there = false;
    }
    if (!there) {
      System.out.println("skipped: needs nvcc");
    }
    Assumptions.assumeTrue(there, "needs nvcc");
  }

  static List<KernelText> texts() {
    return DeviceBackend.kernelTexts(GPU);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void compiles(KernelText text) throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve("kernels.cu"), text.text());
    Path ptx = folder.resolve("kernels.ptx");
    Path messages = folder.resolve("messages");
    List<String> command =
        List.of("nvcc", "--ptx", "-arch=sm_80", "-o", ptx.toString(), source.toString());
    int code = run(command, messages);
    assertEquals(0, code, text.name() + ": " + Files.readString(messages));
    assertTrue(Files.readString(ptx).contains(".entry"), text.name());
  }

  private static int run(List<String> command, Path output)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("no end after 120 s: " + command);
    }
    return process.exitValue();
  }
}

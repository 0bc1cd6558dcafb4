package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.kernels.cuda.CudaKernels;
import org.qieemo.support.Repository;

/** The compiled kernels in the jar are those of the sources. */
class PtxTest {
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

  @Test
  void noFileIsLeftOver() throws IOException {
    Set<String> known = new TreeSet<>();
    for (CudaKernels.Source source : sources()) {
      known.add(source.file());
      CudaKernels.cubins(source).forEach(cubin -> known.add(cubin.file()));
    }
    Path compiled =
        Repository.root()
            .resolve("kernels/cuda/src/main/resources")
            .resolve(CudaKernels.class.getPackageName().replace('.', '/'));
    try (Stream<Path> files = Files.list(compiled)) {
      Set<String> there =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".ptx") || name.endsWith(".cubin"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(known, there);
    }
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

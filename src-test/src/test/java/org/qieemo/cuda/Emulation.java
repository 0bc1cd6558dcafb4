package org.qieemo.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.qieemo.kernels.cuda.CudaKernels;
import org.qieemo.support.Repository;

/**
 * A CUDA driver that runs the kernels' text on the processor, compiled by g++ when it is first
 * needed: {@code src/test/cuda-emulation}. It shows that the back end calls the driver as it must
 * and that the kernels compute what they should; it shows nothing of a GPU.
 */
final class Emulation {
  private static final Pattern KERNEL =
      Pattern.compile("^KERNEL\\([^)]*\\) ?(?:CLUSTER )?(\\w+)\\(", Pattern.MULTILINE);
  private static final String[] FLAGS = {
    "-std=c++17", "-O1", "-w", "-mavx2", "-mfma", "-mf16c", "-ffp-contract=off", "-fPIC", "-shared"
  };

  private static final List<String> DRIVER =
      List.of("driver.cpp", "modules.cpp", "memory.cpp", "streams.cpp");

  private Emulation() {}

  /** Whether it can be built here: Linux on x86-64 with g++. */
  static boolean isPossible() {
    boolean linux = System.getProperty("os.name").equals("Linux");
    boolean x86 = System.getProperty("os.arch").equals("amd64");
    try {
      return linux && x86 && run(List.of("g++", "--version")).code() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Builds what is not built yet; gives the folder of {@code libcuda.so.1}. */
  static Path build() throws IOException {
    Path sources = Repository.root().resolve("src-test/src/test/cuda-emulation");
    CRC32 version = new CRC32();
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.sorted().toList()) {
        version.update(Files.readAllBytes(file));
      }
    }
    Path folder =
        Files.createDirectories(
            Path.of("target/cuda-emulation-" + Long.toHexString(version.getValue()))
                .toAbsolutePath());
    Path driver = folder.resolve("libcuda.so.1");
    List<String> parts = new ArrayList<>();
    DRIVER.forEach(file -> parts.add(sources.resolve(file).toString()));
    parts.addAll(List.of("-Wl,-soname,libcuda.so.1", "-ldl"));
    compile(driver, parts.toArray(String[]::new));
    compile(
        Files.createDirectories(folder.resolve("cublas")).resolve("libcublas.so.12"),
        sources.resolve("cublas.cpp").toString(),
        "-Wl,-soname,libcublas.so.12,--version-script=" + sources.resolve("cublas.map"),
        driver.toString());
    for (CudaKernels.Source source : CudaKernels.sources()) {
      String digest = source.header().substring(source.header().lastIndexOf(' ') + 1);
      Path library = folder.resolve(digest + ".so");
      if (!Files.exists(library)) {
        Path text = folder.resolve(digest + ".cpp");
        Files.writeString(text, withTable(source.text().text()));
        compile(library, text.toString(), "-I" + sources);
      }
    }
    return folder;
  }

  private static void compile(Path library, String... arguments) throws IOException {
    if (Files.exists(library)) {
      return;
    }
    Path partial = Path.of(library + ".partial");
    List<String> command = new ArrayList<>(List.of("g++"));
    command.addAll(List.of(FLAGS));
    command.addAll(List.of("-o", partial.toString()));
    command.addAll(List.of(arguments));
    Result result = run(command);
    if (result.code() != 0) {
      throw new IOException("g++ refuses " + arguments[0] + ":\n" + result.text());
    }
    Files.move(partial, library, StandardCopyOption.ATOMIC_MOVE);
  }

  /** A kernel text with the emulation's header behind its definitions and a table at its end. */
  private static String withTable(String text) {
    int body = text.indexOf("\n/*") + 1;
    StringBuilder all = new StringBuilder(text).insert(body, "#include \"kernels.h\"\n");
    all.append("\nstatic const emulation::Kernel TABLE[] = {\n");
    Matcher kernels = KERNEL.matcher(text);
    while (kernels.find()) {
      all.append("  EMULATED_KERNEL(").append(kernels.group(1)).append("),\n");
    }
    return all.append("};\n")
        .append("extern \"C\" const emulation::Kernel* emulated_kernels(int* count) {\n")
        .append("  *count = sizeof TABLE / sizeof *TABLE;\n  return TABLE;\n}\n")
        .append("extern \"C\" const char* emulated_run(\n")
        .append("    const emulation::Kernel* k, void** a, const emulation::Launch* l) {\n")
        .append("  return emulation::run(*k, a, *l);\n}\n")
        .toString();
  }

  private record Result(int code, String text) {}

  private static Result run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Result(process.waitFor(), text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }
}

package org.qieemo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.qieemo.kernels.Precision;
import org.qieemo.kernels.cuda.CudaKernels;
import org.qieemo.kernels.cuda.CudaKernels.Source;
import org.qieemo.kernels.cuda.PtxAssembler;
import org.qieemo.kernels.device.DeviceBackend;
import org.qieemo.kernels.device.KernelText;
import org.qieemo.model.Qieemo;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelFile;

/**
 * What a CUDA driver has to do at the first start of a model, as far as it needs no GPU: how long
 * it takes to assemble each PTX text that the model loads, on one thread, with JCuda's assembler in
 * this process and, where there is one, with a toolkit's {@code ptxas}, a process per text. A
 * Markdown page.
 *
 * <pre>{@code
 * java -cp bench/target/benchmarks.jar:jcuda-natives-12.6.0-linux-x86_64.jar \
 *   org.qieemo.bench.PtxAssembly MODEL.gguf OUT.md [PTXAS]
 * }</pre>
 */
public final class PtxAssembly {
  private static final int RUNS = 3;
  private static final List<String> GPUS = List.of("sm_80", "sm_90");
  private static final double NANOS_PER_MS = 1e6;

  private final Path ptxas; // null without
  private final Path scratch;
  private final Map<String, Cost> costs = new TreeMap<>(); // by file and GPU

  /** A text for a GPU: bytes, and medians in milliseconds. */
  private record Cost(int ptx, int cubin, double millis, double ptxasMillis) {
    Cost plus(Cost other) {
      return new Cost(
          ptx + other.ptx,
          cubin + other.cubin,
          millis + other.millis,
          ptxasMillis + other.ptxasMillis);
    }
  }

  /** What is timed. */
  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private PtxAssembly(Path ptxas, Path scratch) {
    this.ptxas = ptxas;
    this.scratch = scratch;
  }

  /** Runs; see the class. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length < 2 || arguments.length > 3) {
      System.err.println("usage: PtxAssembly MODEL.gguf OUT.md [PTXAS]");
      System.exit(2);
    }
    Path scratch = Files.createTempDirectory("qieemo-ptx");
    try {
      Path ptxas = arguments.length == 3 ? Path.of(arguments[2]) : null;
      ModelFile model = ModelFile.of(GgufReader.read(Path.of(arguments[0])));
      Path file = Path.of(arguments[0]).toAbsolutePath();
      String name = file.getParent().getFileName() + "/" + file.getFileName();
      String page = new PtxAssembly(ptxas, scratch).page(name, model);
      Files.writeString(Path.of(arguments[1]), page);
      System.out.print(page);
    } finally {
      try (Stream<Path> files = Files.list(scratch)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(scratch);
    }
  }

  private String page(String name, ModelFile model) throws IOException, InterruptedException {
    List<String> sums = new ArrayList<>();
    for (Precision precision : Precision.values()) {
      List<Source> sources = loaded(model, precision);
      for (String gpu : GPUS) {
        Cost sum = new Cost(0, 0, 0, 0);
        for (Source source : sources) {
          sum = sum.plus(cost(source, gpu));
        }
        sums.add(row(precision.text() + " | " + gpu + " | " + sources.size(), sum));
      }
    }
    List<String> texts = new ArrayList<>();
    costs.forEach((text, cost) -> texts.add(row(text, cost)));
    return head(name)
        + table("## A model's start\n\n| precision | GPU | texts |", 3, sums)
        + table("\n## Each text\n\n| text | GPU |", 2, texts);
  }

  /** What a device with tensor cores would be asked to load for a model. */
  private static List<Source> loaded(ModelFile model, Precision precision) {
    KernelRecorder device = new KernelRecorder();
    try (DeviceBackend backend = DeviceBackend.open(device, precision)) {
      new Qieemo(backend, model);
    }
    List<KernelText> built = device.built();
    List<Source> sources =
        CudaKernels.sources().stream().filter(s -> built.contains(s.text())).toList();
    if (sources.size() != built.size()) {
      throw new IllegalStateException("some of these are not in the jar: " + built);
    }
    return sources;
  }

  private Cost cost(Source source, String gpu) throws IOException, InterruptedException {
    String name = source.file() + " | " + gpu;
    Cost known = costs.get(name);
    if (known == null) {
      known = measure(CudaKernels.ptx(source), gpu);
      costs.put(name, known);
    }
    return known;
  }

  private Cost measure(byte[] ptx, String gpu) throws IOException, InterruptedException {
    int cubin = PtxAssembler.assemble(ptx, gpu).cubin().length; // warms up
    double millis = median(() -> PtxAssembler.assemble(ptx, gpu));
    double other = Double.NaN;
    if (ptxas != null) {
      Path file = Files.write(scratch.resolve("kernels.ptx"), ptx);
      String result = scratch.resolve("kernels.cubin").toString();
      other = median(() -> run(ptxas.toString(), "-arch=" + gpu, "-o", result, file.toString()));
    }
    return new Cost(ptx.length, cubin, millis, other);
  }

  private static double median(Work work) throws IOException, InterruptedException {
    double[] millis = new double[RUNS];
    for (int i = 0; i < RUNS; i++) {
      long start = System.nanoTime();
      work.run();
      millis[i] = (System.nanoTime() - start) / NANOS_PER_MS;
    }
    Arrays.sort(millis);
    return millis[RUNS / 2];
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
    return said;
  }

  private String head(String model) throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    lines.add("# Assembling PTX, which a driver does at a model's first start\n");
    lines.add("- date: " + LocalDate.now());
    lines.add("- model: " + model);
    lines.add("- made by: org.qieemo.bench.PtxAssembly MODEL.gguf OUT.md [PTXAS]");
    lines.add("- processor: " + processor() + ", one thread");
    lines.add("- Java: " + System.getProperty("java.runtime.version"));
    lines.add("- JCuda's assembler: CUDA " + PtxAssembler.version());
    if (ptxas != null) {
      String version = run(ptxas.toString(), "--version");
      lines.add("- ptxas: " + version.strip().replaceFirst("(?s).*, (V[0-9.]+).*", "$1"));
      double nothing = median(() -> run(ptxas.toString(), "--version"));
      lines.add("- a process of ptxas that does nothing: %.0f ms".formatted(nothing));
    }
    lines.add("- medians of " + RUNS + " runs; no GPU: a driver has an assembler of its own\n\n");
    return String.join("\n", lines);
  }

  private static String processor() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(info)) {
      return System.getProperty("os.arch");
    }
    return Files.readAllLines(info).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }

  private static String table(String title, int columns, List<String> rows) {
    return title
        + " PTX bytes | cubin bytes | JCuda ms | ptxas ms |\n"
        + "|---".repeat(columns + 4)
        + "|\n"
        + String.join("\n", rows)
        + "\n";
  }

  private static String row(String name, Cost cost) {
    String other = Double.isNaN(cost.ptxasMillis) ? "" : "%.0f".formatted(cost.ptxasMillis);
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %.0f | %s |",
        name,
        cost.ptx,
        cost.cubin,
        cost.millis,
        other);
  }
}

package org.qieemo.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qieemo.kernels.cuda.CudaKernels;
import org.qieemo.kernels.cuda.CudaKernels.Cubin;
import org.qieemo.kernels.cuda.CudaKernels.Source;
import org.qieemo.kernels.cuda.PtxAssembler;
import org.qieemo.kernels.cuda.PtxAssembler.Assembled;

/**
 * The PTX in the jar assembles for the GPUs it is for, without spilling registers where it is for
 * tensor cores, and the cubins beside it are what comes out. JCuda's assembler is older than any
 * driver with a GPU of this year and needs none; everything is assembled once, on all processors.
 */
class AssemblyTest {
  private static final Pattern SPILLS = Pattern.compile("(\\d+) bytes spill");
  private static final int OS_ABI = 7; // where an ELF file says so
  private static final int ABI_VERSION = 8;

  private static final Map<Job, Future<Assembled>> RESULTS = new HashMap<>();
  private static ExecutorService workers;

  /** A text for a GPU. */
  record Job(Source source, String gpu) {
    private byte[] ptx() {
      return CudaKernels.ptx(source);
    }

    /** Null if the jar is to have none. */
    private Cubin cubin() {
      return CudaKernels.cubins(source).stream()
          .filter(c -> c.gpu().equals(gpu))
          .findFirst()
          .orElse(null);
    }

    @Override
    public String toString() {
      return source.file() + " for " + gpu;
    }
  }

  static List<Job> jobs() {
    List<Job> all = new ArrayList<>();
    for (Source source : CudaKernels.sources()) {
      String own = source.target();
      for (String gpu : own.endsWith("a") ? List.of(own) : List.of("sm_75", "sm_80", "sm_90")) {
        if (gpu.compareTo(own) >= 0) {
          all.add(new Job(source, gpu));
        }
      }
    }
    return all;
  }

  @BeforeAll
  static void assembleAll() {
    boolean linux = System.getProperty("os.name").equals("Linux");
    Assumptions.assumeTrue(linux && System.getProperty("os.arch").equals("amd64"));
    workers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    jobs().stream()
        .sorted(Comparator.comparing((Job job) -> -job.ptx().length)) // the longest first
        .forEach(job -> RESULTS.put(job, workers.submit(() -> assemble(job))));
  }

  private static Assembled assemble(Job job) {
    return PtxAssembler.assemble(job.ptx(), job.gpu());
  }

  @AfterAll
  static void stop() {
    if (workers != null) {
      workers.shutdownNow();
    }
    RESULTS.clear();
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void assembles(Job job) throws Exception {
    Assembled assembled = RESULTS.get(job).get();
    assertTrue(assembled.cubin().length > 0);
    if (!job.source().target().equals("sm_75")) { // for tensor cores
      requireNoSpills(assembled.said());
    }
    Cubin cubin = job.cubin();
    if (cubin != null) {
      byte[] file = CudaKernels.read(cubin);
      String remedy = ": run kernels/cuda/compile-kernels --cubins";
      assertNotNull(file, "there is no " + cubin.file() + remedy);
      assertArrayEquals(
          cubin.file(assembled.cubin()), file, cubin.file() + " is of another PTX" + remedy);
      requireCuda12(file);
    }
  }

  /** No register goes to memory. */
  private static void requireNoSpills(String said) {
    Matcher spills = SPILLS.matcher(said);
    assertTrue(spills.find(), said);
    do {
      assertEquals("0", spills.group(1), said);
    } while (spills.find());
  }

  /** The assembler of CUDA 13 writes 0x41 and 8, for drivers of CUDA 13. */
  private static void requireCuda12(byte[] cubin) {
    assertEquals(0x33, cubin[OS_ABI]);
    assertEquals(7, cubin[ABI_VERSION]);
  }
}

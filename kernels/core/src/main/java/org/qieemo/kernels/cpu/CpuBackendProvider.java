package org.qieemo.kernels.cpu;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.BackendProvider;

/**
 * Opens the CPU with the best kernels that can run here. The system property {@value
 * #KERNELS_PROPERTY} ({@code auto}, {@code plain} or {@code vector}) forces a choice. Thread-safe.
 */
public final class CpuBackendProvider implements BackendProvider {
  /** Name of the back end. */
  public static final String NAME = "cpu";

  /** System property that names the kernels; absent or {@code auto}: the best usable ones. */
  public static final String KERNELS_PROPERTY = "qieemo.cpu.kernels";

  private static final String AUTO = "auto";

  /** Multiply-adds below which compiling takes most of a process's time. */
  private static final long SHORT_RUN = 20_000_000_000L;

  /** For the service loader. */
  public CpuBackendProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Availability probe() {
    return new Availability(true, "the CPU is always there");
  }

  @Override
  public Backend open(BackendOptions options) {
    int threads = threads(options);
    String wanted = System.getProperty(KERNELS_PROPERTY, AUTO);
    List<CpuKernelsProvider> providers = kernelsProviders();
    return wanted.equals(AUTO)
        ? best(providers, threads, options.expectedWork())
        : named(wanted, providers, threads);
  }

  /**
   * In a short run a processor is left to the JIT compilers, which a second thread would starve.
   */
  private static int threads(BackendOptions options) {
    if (options.threads() != 0) {
      return options.threads();
    }
    int processors = Runtime.getRuntime().availableProcessors();
    return options.expectedWork() < SHORT_RUN ? Math.max(1, processors - 1) : processors;
  }

  /** All kernels on the path, best first. */
  private static List<CpuKernelsProvider> kernelsProviders() {
    List<CpuKernelsProvider> found = new ArrayList<>();
    ClassLoader loader = CpuBackendProvider.class.getClassLoader();
    ServiceLoader.load(CpuKernelsProvider.class, loader).forEach(found::add);
    found.sort(Comparator.comparingInt(CpuKernelsProvider::priority).reversed());
    return found;
  }

  /** Takes the first usable kernels; the remark tells why better ones were passed over. */
  private static Backend best(List<CpuKernelsProvider> providers, int threads, long work) {
    List<String> passedOver = new ArrayList<>();
    if (providers.size() == 1) {
      passedOver.add("add qieemo-kernels-vector to the class path or module path for SIMD kernels");
    }
    for (CpuKernelsProvider provider : providers) {
      Availability availability = provider.probe();
      if (availability.usable() && work >= provider.worthFrom()) {
        return new CpuBackend(provider.create(), threads, String.join("; ", passedOver));
      }
      passedOver.add(
          availability.usable()
              ? "little to do, " + provider.name() + " kernels would compile for longer"
              : availability.reason());
    }
    throw new BackendException("the CPU back end found no kernels: its jar is incomplete");
  }

  private static Backend named(String wanted, List<CpuKernelsProvider> providers, int threads) {
    for (CpuKernelsProvider provider : providers) {
      if (provider.name().equals(wanted)) {
        Availability availability = provider.probe();
        if (!availability.usable()) {
          throw new BackendException(
              KERNELS_PROPERTY + "=" + wanted + " cannot be had: " + availability.reason());
        }
        String remark = "forced by " + KERNELS_PROPERTY + "=" + wanted;
        return new CpuBackend(provider.create(), threads, remark);
      }
    }
    String known =
        providers.stream().map(CpuKernelsProvider::name).collect(Collectors.joining(", "));
    throw new BackendException(
        "no kernels '" + wanted + "' for " + KERNELS_PROPERTY + ": found are auto, " + known);
  }
}

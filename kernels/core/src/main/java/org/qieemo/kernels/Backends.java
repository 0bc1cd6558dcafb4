package org.qieemo.kernels;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Finds and opens back ends. Stateless and thread-safe. */
public final class Backends {
  /** Takes the best usable back end. */
  public static final String AUTO = "auto";

  private static final System.Logger LOGGER = System.getLogger(Backends.class.getPackageName());

  private Backends() {}

  /** All back ends on the path, best first. Loads no native code: only a probe does. */
  public static List<BackendProvider> providers() {
    List<BackendProvider> found = new ArrayList<>();
    ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()).forEach(found::add);
    found.sort(Comparator.comparingInt(BackendProvider::priority).reversed());
    return found;
  }

  /**
   * Opens a back end by name, or the best usable one for {@link #AUTO}; warnings are logged.
   *
   * @throws BackendException if there is none of that name, it cannot run here, or lacks the
   *     precision
   */
  public static Backend open(String name, BackendOptions options) {
    return open(name, options, Backends::log);
  }

  /**
   * Opens a back end by name, or the best usable one for {@link #AUTO}, which computes in float32
   * if it lacks the precision.
   *
   * @param warnings gets one line for each back end that {@code auto} found usable but could not
   *     open, or that lacks the precision or the device, and {@link Backend#warnings()}
   * @throws BackendException if there is none of that name, it cannot run here, or lacks the
   *     precision
   */
  public static Backend open(String name, BackendOptions options, Consumer<String> warnings) {
    List<BackendProvider> providers = providers();
    if (name.equals(AUTO)) {
      return best(providers, options, warnings);
    }
    for (BackendProvider provider : providers) {
      if (name.equals(provider.name())) {
        if (!provider.precisions().contains(options.precision())) {
          throw new BackendException(
              lacks(provider, options) + ": choose that, or another back end");
        }
        return withWarnings(provider.open(options), warnings);
      }
    }
    String known = providers.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
    throw new BackendException("no back end '" + name + "': available are auto, " + known);
  }

  private static Backend best(
      List<BackendProvider> providers, BackendOptions options, Consumer<String> warnings) {
    List<String> givenUp = new ArrayList<>();
    BackendException last = new BackendException("no back end runs here: the jar is incomplete");
    for (BackendProvider provider : providers) {
      if (provider.probeForAuto().automatic()) {
        try {
          Backend backend = openInSomePrecision(provider, options, warnings);
          warnOfDevice(provider, options, warnings);
          givenUp.forEach(line -> warnings.accept(line + "; " + backend.name() + " runs instead"));
          return withWarnings(backend, warnings);
        } catch (BackendException e) {
          last = e;
          givenUp.add(provider.name() + " cannot be used: " + e.getMessage());
        }
      }
    }
    throw last;
  }

  private static void warnOfDevice(
      BackendProvider provider, BackendOptions options, Consumer<String> warnings) {
    String device = options.device();
    if (!device.isEmpty() && provider.priority() == 0) {
      warnings.accept(
          "auto takes the CPU, device '" + device + "' is not used: name its back end, too");
    }
  }

  private static Backend openInSomePrecision(
      BackendProvider provider, BackendOptions options, Consumer<String> warnings) {
    if (provider.precisions().contains(options.precision())) {
      return provider.open(options);
    }
    Backend backend = provider.open(options.withPrecision(Precision.F32));
    warnings.accept(lacks(provider, options) + ": it computes in f32");
    return backend;
  }

  private static Backend withWarnings(Backend backend, Consumer<String> warnings) {
    backend.warnings().forEach(warnings);
    return backend;
  }

  private static String lacks(BackendProvider provider, BackendOptions options) {
    String has =
        provider.precisions().stream().map(Precision::text).collect(Collectors.joining(", "));
    String asked = options.precision().text();
    return "the " + provider.name() + " back end has no " + asked + ", only " + has;
  }

  /** Where warnings go if nobody asked for them. */
  public static void log(String warning) {
    LOGGER.log(System.Logger.Level.WARNING, warning);
  }
}

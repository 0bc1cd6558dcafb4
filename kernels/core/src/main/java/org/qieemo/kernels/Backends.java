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
   * @throws BackendException if there is none of that name or it cannot run here
   */
  public static Backend open(String name, BackendOptions options) {
    return open(name, options, Backends::log);
  }

  /**
   * Opens a back end by name, or the best usable one for {@link #AUTO}.
   *
   * @param warnings gets one line for each back end that {@code auto} found usable but could not
   *     open
   * @throws BackendException if there is none of that name or it cannot run here
   */
  public static Backend open(String name, BackendOptions options, Consumer<String> warnings) {
    List<BackendProvider> providers = providers();
    if (name.equals(AUTO)) {
      return best(providers, options, warnings);
    }
    for (BackendProvider provider : providers) {
      if (name.equals(provider.name())) {
        return provider.open(options);
      }
    }
    String known = providers.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
    throw new BackendException("no back end '" + name + "': available are auto, " + known);
  }

  private static Backend best(
      List<BackendProvider> providers, BackendOptions options, Consumer<String> warnings) {
    BackendException last = new BackendException("no back end runs here: the jar is incomplete");
    for (BackendProvider provider : providers) {
      if (provider.probe().automatic()) {
        try {
          return provider.open(options);
        } catch (BackendException e) {
          last = e;
          warnings.accept(provider.name() + " cannot be used: " + e.getMessage());
        }
      }
    }
    throw last;
  }

  /** Where warnings go if nobody asked for them. */
  public static void log(String warning) {
    LOGGER.log(System.Logger.Level.WARNING, warning);
  }
}

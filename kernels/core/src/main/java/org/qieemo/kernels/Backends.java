package org.qieemo.kernels;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Finds and opens back ends. Stateless and thread-safe. */
public final class Backends {
  /** Takes the best usable back end. */
  public static final String AUTO = "auto";

  private Backends() {}

  /** All back ends on the path, best first. */
  public static List<BackendProvider> providers() {
    List<BackendProvider> found = new ArrayList<>();
    ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()).forEach(found::add);
    found.sort(Comparator.comparingInt(BackendProvider::priority).reversed());
    return found;
  }

  /**
   * Opens a back end by name, or the best usable one for {@link #AUTO}.
   *
   * @throws BackendException if there is none of that name or it cannot run here
   */
  public static Backend open(String name, BackendOptions options) {
    List<BackendProvider> providers = providers();
    for (BackendProvider provider : providers) {
      boolean wanted = name.equals(AUTO) ? provider.probe().usable() : name.equals(provider.name());
      if (wanted) {
        return provider.open(options);
      }
    }
    String known = providers.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
    throw new BackendException("no back end '" + name + "': available are auto, " + known);
  }
}

package org.qieemo.bench.side;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The engines of one model that could be loaded here, and why others could not. */
final class OpenEngines implements AutoCloseable {
  private final Map<EngineKind, ForwardEngine> engines = new EnumMap<>(EngineKind.class);
  private final Map<EngineKind, String> skipped = new EnumMap<>(EngineKind.class);

  OpenEngines(CaseFolder model, List<EngineKind> kinds, int threads) {
    for (EngineKind kind : kinds) {
      try {
        engines.put(kind, kind.open(model, threads));
      } catch (Exception | LinkageError e) { // a native library that is absent is an Error
        skipped.put(kind, e.toString().lines().findFirst().orElse("no reason given"));
      }
    }
  }

  /** In their order. */
  Map<EngineKind, ForwardEngine> engines() {
    return engines;
  }

  /** One line per engine that did not load. */
  Map<EngineKind, String> skipped() {
    return skipped;
  }

  @Override
  public void close() {
    engines.values().forEach(ForwardEngine::close);
    engines.clear();
  }
}

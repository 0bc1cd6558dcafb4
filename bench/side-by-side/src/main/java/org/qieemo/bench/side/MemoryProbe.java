package org.qieemo.bench.side;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Peak memory of one engine with one model: a child process loads it and runs three forwards. */
final class MemoryProbe {
  private static final int FORWARDS = 3;

  private MemoryProbe() {}

  /** The child: engine, model folder, seconds, threads. Prints MiB. */
  public static void main(String... args) throws IOException {
    CaseFolder model = CaseFolder.read(Path.of(args[1]));
    int seconds = Integer.parseInt(args[2]);
    float[] features = Features.random(seconds, model.bins());
    try (ForwardEngine engine = EngineKind.of(args[0]).open(model, Integer.parseInt(args[3]))) {
      for (int i = 0; i < FORWARDS; i++) {
        engine.logits(features);
      }
      System.out.printf(Locale.ROOT, "%.1f%n", Processes.ownPeakMemory());
    }
  }

  /** Measures the engines of a run; what fails is noted and left out. */
  static List<MemoryUse> measure(
      SideOptions options, CaseFolder model, int seconds, Consumer<String> note)
      throws InterruptedException {
    List<MemoryUse> uses = new ArrayList<>();
    int threads = options.threads()[0];
    for (EngineKind kind : options.engines()) {
      List<String> command =
          Processes.java(
              true,
              "-cp",
              System.getProperty("java.class.path"),
              MemoryProbe.class.getName(),
              kind.id(),
              model.folder().toString(),
              Integer.toString(seconds),
              Integer.toString(threads));
      try {
        double peak = Double.parseDouble(Processes.run(command).output().strip());
        uses.add(new MemoryUse(model.name(), kind.id(), seconds, threads, peak));
      } catch (IOException e) {
        note.accept("memory of " + kind.id() + " not measured: " + e.getMessage());
      }
    }
    return uses;
  }
}

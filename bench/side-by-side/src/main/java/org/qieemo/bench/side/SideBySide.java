package org.qieemo.bench.side;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whole models on our engine and on native ones, taking turns in one run. See {@code
 * bench/README.md}.
 */
public final class SideBySide {
  private static final int USAGE = 2;
  private static final int MEMORY_SECONDS = 16;
  private static final String ONE_SHOT_CASE = "embedded";

  private final SideOptions options;
  private final Map<String, String> about;
  private final Map<Integer, Double> peak = new TreeMap<>();
  private final List<Cell> cells = new ArrayList<>();
  private final List<MemoryUse> memory = new ArrayList<>();
  private final List<OneShot> oneShots = new ArrayList<>();
  private final Set<String> notes = new LinkedHashSet<>();

  private SideBySide(SideOptions options, Map<String, String> about) {
    this.options = options;
    this.about = about;
  }

  /** Runs and writes a report; exit code 1 if engines disagreed or nothing could be read. */
  public static void main(String... args) throws InterruptedException {
    try {
      SideOptions options = SideOptions.parse(args);
      System.exit(new SideBySide(options, About.of(args)).run());
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + SideOptions.usage());
      System.exit(USAGE);
    } catch (IOException e) {
      System.err.println(e + ": see bench/README.md for how the models are made");
      System.exit(1);
    }
  }

  private int run() throws IOException, InterruptedException {
    List<CaseFolder> models = new ArrayList<>();
    for (String name : options.cases()) {
      models.add(CaseFolder.read(options.models().resolve(name)));
    }
    if (options.parts().contains("oneshot")) {
      oneShots();
    }
    if (options.parts().contains("time")) {
      for (int threads : options.threads()) {
        peak.put(threads, FmaPeak.gigaflops(threads));
      }
    }
    for (CaseFolder model : models) {
      if (options.parts().contains("time")) {
        cells.addAll(new CaseRun(options, model, System.out::println, notes).run());
      }
      if (options.parts().contains("memory") && Processes.tellPeakMemory()) {
        memory.addAll(MemoryProbe.measure(options, model, MEMORY_SECONDS, notes::add));
      }
      write(); // a run that is cut short leaves what it had
    }
    return cells.stream().anyMatch(cell -> cell.failure() != null) ? 1 : 0;
  }

  private void oneShots() throws IOException, InterruptedException {
    CaseFolder model = CaseFolder.read(options.models().resolve(ONE_SHOT_CASE));
    try {
      oneShots.addAll(OneShots.measure(options, model));
    } catch (IOException | DisagreementException e) {
      notes.add("one-shot processes not measured: " + e.getMessage());
    }
  }

  private void write() throws IOException {
    Results results = new Results(about, peak, cells, memory, oneShots, List.copyOf(notes));
    Files.createDirectories(options.output().toAbsolutePath().getParent());
    Files.writeString(file(".json"), JsonReport.of(results));
    Files.writeString(file(".md"), MarkdownReport.of(results));
    Files.writeString(file(".svg"), RatioPlot.of(results));
  }

  private Path file(String ending) {
    return options.output().resolveSibling(options.output().getFileName() + ending);
  }
}

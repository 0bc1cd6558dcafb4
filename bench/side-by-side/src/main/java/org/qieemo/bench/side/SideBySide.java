package org.qieemo.bench.side;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
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
  private final SideOptions options;
  private final PrintStream out;
  private final Set<String> notes = new LinkedHashSet<>();

  private SideBySide(SideOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Runs and writes a report. */
  public static void main(String... args) throws IOException, InterruptedException {
    SideOptions options;
    try {
      options = SideOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + SideOptions.usage());
      System.exit(2);
      return;
    }
    new SideBySide(options, System.out).run(args);
  }

  private void run(String... args) throws IOException, InterruptedException {
    Map<Integer, Double> peak = new TreeMap<>();
    List<Cell> cells = new ArrayList<>();
    if (options.parts().contains("time")) {
      for (int threads : options.threads()) {
        peak.put(threads, FmaPeak.gigaflops(threads));
      }
      for (CaseFolder model : models()) {
        cells.addAll(new CaseRun(options, model, out::println, notes).run());
      }
    }
    Results results =
        new Results(About.of(args), peak, cells, List.of(), List.of(), List.copyOf(notes));
    Files.writeString(
        options.output().resolveSibling(options.output().getFileName() + ".md"),
        MarkdownReport.of(results));
  }

  private List<CaseFolder> models() throws IOException {
    List<CaseFolder> models = new ArrayList<>();
    for (String name : options.cases()) {
      models.add(CaseFolder.read(options.models().resolve(name)));
    }
    return models;
  }
}

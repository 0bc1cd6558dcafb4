package org.qieemo.bench.side;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Tables for people. */
final class MarkdownReport {
  private static final double MILLIS = 1e3;
  private static final int SHORT = 5;
  private static final int LONG = 60;

  private final Results results;
  private final StringBuilder text = new StringBuilder();

  private MarkdownReport(Results results) {
    this.results = results;
  }

  static String of(Results results) {
    MarkdownReport report = new MarkdownReport(results);
    report.head();
    report.ratios();
    report.times();
    report.growth();
    report.memory();
    report.oneShots();
    return report.text.toString();
  }

  /** One cell's medians and ratios, for a log. */
  static String line(Cell cell) {
    String times =
        cell.times().keySet().stream()
            .map(kind -> kind.id() + " " + millis(cell.median(kind)))
            .collect(Collectors.joining(", "));
    String ratios =
        Comparison.of(cell).stream()
            .map(c -> c.id() + " " + number("%.2f", c.in(cell).ofMedians()) + cpuNote(cell, c))
            .collect(Collectors.joining(", "));
    return cell.model().name()
        + ", "
        + cell.seconds()
        + " s, threads "
        + cell.threads()
        + ": ms "
        + times
        + "; "
        + ratios;
  }

  private static String cpuNote(Cell cell, Comparison comparison) {
    return cell.threads() == 1 ? " (CPU time " + cpuRatio(cell, comparison) + ")" : "";
  }

  private void head() {
    text.append("# Whole models beside native engines\n\n");
    results
        .about()
        .forEach(
            (key, value) -> text.append("- ").append(key).append(": ").append(value).append('\n'));
    results
        .peak()
        .forEach(
            (threads, peak) ->
                text.append("- measured FMA peak, threads ")
                    .append(threads)
                    .append(": ")
                    .append(number("%.0f", peak))
                    .append(" GFLOP/s\n"));
    results.notes().forEach(note -> text.append("- ").append(note).append('\n'));
    text.append(
        """

        Normalised features to logits, one utterance, engines taking turns in one process; front end excluded.
        Before timing, every engine's logits are compared with PyTorch's and, at each length, with ONNX Runtime's.
        """);
  }

  private void ratios() {
    table(
        "Ratios of medians, ours / theirs: below 1 is faster",
        "| model | s | threads | comparison | ratio of medians | median of paired ratios | 95 % interval | CPU time |\n"
            + "|---|---|---|---|---|---|---|---|\n");
    for (Cell cell : results.cells()) {
      for (Comparison comparison : Comparison.of(cell)) {
        Summary.Ratio ratio = comparison.in(cell);
        row(
            cell.model().name(),
            cell.seconds(),
            cell.threads(),
            comparison.id(),
            number("**%.2f**", ratio.ofMedians()),
            number("%.2f", ratio.paired()),
            number("%.2f", ratio.low()) + " to " + number("%.2f", ratio.high()),
            cpuRatio(cell, comparison));
      }
    }
  }

  private static String cpuRatio(Cell cell, Comparison comparison) {
    return cell.threads() == 1 ? number("%.2f", comparison.ofCpuTime(cell).ofMedians()) : "";
  }

  private void times() {
    table(
        "Times",
        "| model | s | threads | engine | rounds | median ms | p95 ms | CPU ms | share of FMA peak | off by |\n"
            + "|---|---|---|---|---|---|---|---|---|---|\n");
    for (Cell cell : results.cells()) {
      if (cell.failure() != null) {
        row(
            cell.model().name(),
            cell.seconds(),
            cell.threads(),
            cell.failure(),
            "",
            "",
            "",
            "",
            "",
            "");
      }
      cell.times()
          .forEach(
              (kind, times) ->
                  row(
                      cell.model().name(),
                      cell.seconds(),
                      cell.threads(),
                      kind.id(),
                      times.wall().length,
                      millis(cell.median(kind)),
                      millis(Summary.p95(times.wall())),
                      cell.threads() == 1 ? millis(Summary.median(times.cpu())) : "",
                      peakShare(cell, kind),
                      number("%.1e", cell.differences().get(kind))));
    }
  }

  /** 8-bit products have another peak. */
  private String peakShare(Cell cell, EngineKind kind) {
    Double peak = results.peak().get(cell.threads());
    return peak == null || kind == EngineKind.ORT_INT8
        ? ""
        : number("%.0f %%", cell.peakShare(kind, peak) * 100);
  }

  private void growth() {
    List<String> lines = new ArrayList<>();
    Map<String, Map<Integer, Cell>> byModel = new TreeMap<>();
    for (Cell cell : results.cells()) {
      byModel
          .computeIfAbsent(
              "| " + cell.model().name() + " | " + cell.threads(), k -> new TreeMap<>())
          .put(cell.seconds(), cell);
    }
    byModel.forEach(
        (key, cells) -> {
          Cell few = cells.get(SHORT);
          Cell many = cells.get(LONG);
          if (few != null && many != null) {
            few.times().keySet().stream()
                .filter(many::has)
                .forEach(
                    kind ->
                        lines.add(
                            key
                                + " | "
                                + kind.id()
                                + " | "
                                + number(
                                    "%.2f", many.median(kind) / LONG / (few.median(kind) / SHORT))
                                + " |\n"));
          }
        });
    if (!lines.isEmpty()) {
      table(
          "Cost per second of audio, 60 s over 5 s",
          "| model | threads | engine | growth |\n|---|---|---|---|\n");
      lines.forEach(text::append);
    }
  }

  private void memory() {
    if (results.memory().isEmpty()) {
      return;
    }
    table(
        "Peak resident memory of a fresh process: load, three forwards",
        "| model | s | threads | engine | MiB |\n|---|---|---|---|---|\n");
    results
        .memory()
        .forEach(
            use ->
                row(
                    use.model(),
                    use.seconds(),
                    use.threads(),
                    use.engine(),
                    number("%.0f", use.mebibytes())));
  }

  private void oneShots() {
    if (results.oneShots().isEmpty()) {
      return;
    }
    table(
        "One process from a 5 s WAV file to a label, embedded model",
        "| what | label | median ms | p95 ms | peak MiB |\n|---|---|---|---|---|\n");
    results
        .oneShots()
        .forEach(
            shot ->
                row(
                    shot.name(),
                    shot.label(),
                    millis(Summary.median(shot.seconds())),
                    millis(Summary.p95(shot.seconds())),
                    number("%.0f", Summary.median(shot.mebibytes()))));
  }

  private void table(String title, String head) {
    text.append("\n## ").append(title).append("\n\n").append(head);
  }

  private void row(Object... values) {
    for (Object value : values) {
      text.append("| ").append(value).append(' ');
    }
    text.append("|\n");
  }

  private static String millis(double seconds) {
    return number("%.1f", seconds * MILLIS);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}

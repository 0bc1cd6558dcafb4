package org.qieemo.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.qieemo.evaluation.ClassScore;
import org.qieemo.evaluation.ConfusionMatrix;
import org.qieemo.evaluation.Interval;
import org.qieemo.evaluation.MetricIntervals;
import org.qieemo.evaluation.Metrics;

/** An evaluation for people. */
final class EvaluationText {
  private static final String INDENTATION = "  ";

  private final List<String> lines = new ArrayList<>();
  private final EvaluationReport report;

  private EvaluationText(EvaluationReport report) {
    this.report = report;
  }

  static List<String> lines(EvaluationReport report) {
    EvaluationText text = new EvaluationText(report);
    text.origin();
    text.counts();
    text.metrics();
    text.classes();
    text.confusion();
    text.folds();
    return text.lines;
  }

  private void origin() {
    EvaluatedModel first = report.plan().models().get(0);
    lines.add("Evaluation of " + report.manifest().name());
    item("date", report.date() + ", " + Version.line());
    item("split", split());
    for (EvaluatedModel model : report.plan().models()) {
      item("model", model(model));
    }
    item("back end", first.backend().name() + ": " + first.backend().description());
  }

  private String split() {
    String named = report.split() == null ? "not named (--split names it)" : report.split();
    int models = report.plan().models().size();
    String perRow = "per-row models (" + models + ")";
    if (!report.hasModelPerRow()) {
      return named;
    }
    return report.split() == null ? perRow : named + ", " + perRow;
  }

  private static String model(EvaluatedModel model) {
    String name = model.info().name();
    return model.name()
        + (name.isEmpty() ? "" : ", " + name)
        + ", "
        + Text.count(model.rows().size(), "utterance");
  }

  private void counts() {
    long scored = report.matrix().total();
    int failures = report.failures().size();
    item(
        "utterances",
        report.outcomes().size() + ", of which " + scored + " scored and " + failures + " failed");
    String factor = number(report.realTimeFactor(), 4);
    item(
        "audio",
        number(report.audioSeconds(), 1)
            + " s, read and classified in "
            + number(report.seconds(), 1)
            + " s, real-time factor "
            + factor);
  }

  private void metrics() {
    Metrics metrics = report.matrix().metrics();
    MetricIntervals intervals = report.intervals().orElse(null);
    boolean known = intervals != null;
    TextTable table = new TextTable();
    table.row(
        metric("WA", metrics.weightedAccuracy(), known ? intervals.weightedAccuracy() : null));
    table.row(
        metric("UA", metrics.unweightedAccuracy(), known ? intervals.unweightedAccuracy() : null));
    table.row(metric("macro-F1", metrics.macroF1(), known ? intervals.macroF1() : null));
    lines.add("");
    lines.addAll(table.lines(INDENTATION));
    lines.add(INDENTATION + bootstrap());
  }

  private static List<String> metric(String name, double value, Interval interval) {
    String range =
        interval == null ? "-" : number(interval.low(), 3) + " to " + number(interval.high(), 3);
    return List.of(name, number(value, 3), range);
  }

  private String bootstrap() {
    String level = Text.fixed(100 * EvaluationReport.BOOTSTRAP.level(), 0) + " % intervals";
    if (report.intervals().isEmpty()) {
      return "no " + level + ": a bootstrap over " + report.unit() + " needs at least two";
    }
    return level
        + ": bootstrap over "
        + report.units()
        + " "
        + report.unit()
        + (report.unit().equals("speakers") ? "" : " (no speaker column: too narrow)")
        + ", "
        + EvaluationReport.BOOTSTRAP.rounds()
        + " rounds";
  }

  private void classes() {
    TextTable table =
        new TextTable().row(List.of("class", "recall", "precision", "F1", "support", "predicted"));
    for (ClassScore score : report.matrix().classes()) {
      table.row(
          List.of(
              score.label(),
              number(score.recall(), 3),
              number(score.precision(), 3),
              number(score.f1(), 3),
              String.valueOf(score.support()),
              String.valueOf(score.predicted())));
    }
    lines.add("");
    lines.addAll(table.lines(INDENTATION));
  }

  private void confusion() {
    ConfusionMatrix matrix = report.matrix();
    TextTable table = new TextTable();
    List<String> header = new ArrayList<>(List.of("true \\ predicted"));
    header.addAll(matrix.labels());
    table.row(header);
    for (int truth = 0; truth < matrix.labels().size(); truth++) {
      List<String> row = new ArrayList<>(List.of(matrix.labels().get(truth)));
      matrix.rows().get(truth).forEach(count -> row.add(count.toString()));
      table.row(row);
    }
    lines.add("");
    lines.addAll(table.lines(INDENTATION));
  }

  private void folds() {
    Map<String, ConfusionMatrix> folds = report.folds();
    if (folds.isEmpty()) {
      return;
    }
    TextTable table = new TextTable().row(List.of("fold", "scored", "WA", "UA", "macro-F1"));
    folds.forEach(
        (fold, matrix) -> {
          Metrics metrics = matrix.metrics();
          table.row(
              List.of(
                  fold,
                  String.valueOf(matrix.total()),
                  number(metrics.weightedAccuracy(), 3),
                  number(metrics.unweightedAccuracy(), 3),
                  number(metrics.macroF1(), 3)));
        });
    lines.add("");
    lines.addAll(table.lines(INDENTATION));
  }

  private void item(String name, String text) {
    lines.add(INDENTATION + name + ": " + text);
  }

  private static String number(double value, int decimals) {
    return Double.isNaN(value) ? "-" : Text.fixed(value, decimals);
  }
}

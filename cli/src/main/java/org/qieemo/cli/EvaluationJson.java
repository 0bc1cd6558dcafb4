package org.qieemo.cli;

import java.util.List;
import java.util.Map;
import org.qieemo.evaluation.ClassScore;
import org.qieemo.evaluation.ConfusionMatrix;
import org.qieemo.evaluation.Interval;
import org.qieemo.evaluation.MetricIntervals;
import org.qieemo.evaluation.Metrics;

/**
 * An evaluation as one JSON object. Its keys, in this order; numbers that are not defined are null:
 *
 * <ul>
 *   <li>{@code schema}: {@value #SCHEMA}
 *   <li>{@code date}: ISO 8601, UTC; {@code qieemo}: the version; {@code manifest}: as given
 *   <li>{@code split}: the text of {@code --split}, or null; {@code per_row_models}: true with a
 *       model column
 *   <li>{@code models}: in order of first use, each with {@code model} (its path), {@code name},
 *       {@code license}, {@code description}, {@code author}, {@code utterances}
 *   <li>{@code backend}: {@code name}, {@code description}
 *   <li>{@code utterances}, {@code failures}, {@code scored}: the rows, those whose file failed,
 *       and the others, on which alone the metrics are computed
 *   <li>{@code audio_seconds}, {@code processing_seconds}, {@code real_time_factor}: processing
 *       (reading and classifying) by audio
 *   <li>{@code wa}, {@code ua}, {@code macro_f1}: {@code value}, {@code low}, {@code high}
 *   <li>{@code bootstrap}: {@code unit} (speakers or utterances), {@code units} (how many), {@code
 *       rounds}, {@code seed}, {@code level}
 *   <li>{@code labels}; {@code classes}: per label {@code label}, {@code recall}, {@code
 *       precision}, {@code f1}, {@code support}, {@code predicted}
 *   <li>{@code confusion}: counts, a row per true label, a column per predicted label
 *   <li>{@code folds}: per fold {@code fold}, {@code scored}, {@code wa}, {@code ua}, {@code
 *       macro_f1}; empty without a fold column
 *   <li>{@code failed}: per file {@code line} (of the manifest), {@code file}, {@code error}
 * </ul>
 */
final class EvaluationJson {
  static final String SCHEMA = "qieemo-evaluation/1";

  private final JsonWriter json = new JsonWriter();
  private final EvaluationReport report;

  private EvaluationJson(EvaluationReport report) {
    this.report = report;
  }

  static String write(EvaluationReport report) {
    EvaluationJson writer = new EvaluationJson(report);
    writer.json.beginObject();
    writer.origin();
    writer.counts();
    writer.metrics();
    writer.classes();
    writer.folds();
    writer.failed();
    return writer.json.endObject().toString();
  }

  private void origin() {
    json.member("schema", SCHEMA)
        .member("date", report.date().toString())
        .member("qieemo", Version.line())
        .member("manifest", report.manifest().name())
        .member("split", report.split())
        .member("per_row_models", report.hasModelPerRow());
    json.name("models").beginArray();
    report.plan().models().forEach(this::model);
    json.endArray();
    EvaluatedModel first = report.plan().models().get(0);
    json.name("backend")
        .beginObject()
        .member("name", first.backend().name())
        .member("description", first.backend().description())
        .endObject();
  }

  private void model(EvaluatedModel model) {
    json.beginObject()
        .member("model", model.name())
        .member("name", model.info().name())
        .member("license", model.info().license())
        .member("description", model.info().description())
        .member("author", model.info().author())
        .member("utterances", model.rows().size())
        .endObject();
  }

  private void counts() {
    json.member("utterances", report.outcomes().size())
        .member("failures", report.failures().size())
        .member("scored", report.matrix().total())
        .member("audio_seconds", report.audioSeconds())
        .member("processing_seconds", report.seconds())
        .member("real_time_factor", report.realTimeFactor());
  }

  private void metrics() {
    Metrics metrics = report.matrix().metrics();
    MetricIntervals intervals = report.intervals().orElse(null);
    boolean known = intervals != null;
    metric("wa", metrics.weightedAccuracy(), known ? intervals.weightedAccuracy() : null);
    metric("ua", metrics.unweightedAccuracy(), known ? intervals.unweightedAccuracy() : null);
    metric("macro_f1", metrics.macroF1(), known ? intervals.macroF1() : null);
    json.name("bootstrap")
        .beginObject()
        .member("unit", report.unit())
        .member("units", report.units())
        .member("rounds", EvaluationReport.BOOTSTRAP.rounds())
        .member("seed", EvaluationReport.BOOTSTRAP.seed())
        .member("level", EvaluationReport.BOOTSTRAP.level())
        .endObject();
  }

  private void metric(String name, double value, Interval interval) {
    json.name(name)
        .beginObject()
        .member("value", value)
        .member("low", interval == null ? null : interval.low())
        .member("high", interval == null ? null : interval.high())
        .endObject();
  }

  private void classes() {
    json.member("labels", report.matrix().labels());
    json.name("classes").beginArray();
    for (ClassScore score : report.matrix().classes()) {
      json.beginObject()
          .member("label", score.label())
          .member("recall", score.recall())
          .member("precision", score.precision())
          .member("f1", score.f1())
          .member("support", score.support())
          .member("predicted", score.predicted())
          .endObject();
    }
    json.endArray().member("confusion", report.matrix().rows());
  }

  private void folds() {
    json.name("folds").beginArray();
    for (Map.Entry<String, ConfusionMatrix> fold : report.folds().entrySet()) {
      Metrics metrics = fold.getValue().metrics();
      json.beginObject()
          .member("fold", fold.getKey())
          .member("scored", fold.getValue().total())
          .member("wa", metrics.weightedAccuracy())
          .member("ua", metrics.unweightedAccuracy())
          .member("macro_f1", metrics.macroF1())
          .endObject();
    }
    json.endArray();
  }

  private void failed() {
    List<Outcome> failures = report.failures();
    json.name("failed").beginArray();
    for (Outcome failure : failures) {
      json.beginObject()
          .member("line", failure.row().line())
          .member("file", failure.row().file())
          .member("error", failure.error())
          .endObject();
    }
    json.endArray();
  }
}

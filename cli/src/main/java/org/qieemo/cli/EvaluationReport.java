package org.qieemo.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qieemo.evaluation.Bootstrap;
import org.qieemo.evaluation.ConfusionMatrix;
import org.qieemo.evaluation.Judgement;
import org.qieemo.evaluation.MetricIntervals;

/**
 * What an evaluation has found.
 *
 * @param plan manifest and models
 * @param split the name of the split, null if nobody named it
 * @param outcomes in the order of the manifest
 * @param seconds that reading and classifying took
 * @param date when it ended
 * @param matrix of the files that did not fail
 * @param intervals of the metrics, empty where nothing can be said
 */
record EvaluationReport(
    EvaluationPlan plan,
    String split,
    List<Outcome> outcomes,
    double seconds,
    Instant date,
    ConfusionMatrix matrix,
    Optional<MetricIntervals> intervals) {
  static final Bootstrap BOOTSTRAP = Bootstrap.DEFAULT;

  static EvaluationReport of(EvaluationPlan plan, String split, EvaluationRun.Result result) {
    boolean speakers = plan.manifest().has(Manifest.SPEAKER);
    List<Judgement> judgements = judgements(result.outcomes(), speakers);
    return new EvaluationReport(
        plan,
        split,
        result.outcomes(),
        result.seconds(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        ConfusionMatrix.of(plan.labels(), judgements),
        BOOTSTRAP.intervals(plan.labels(), judgements));
  }

  private static List<Judgement> judgements(List<Outcome> outcomes, boolean speakers) {
    return outcomes.stream()
        .filter(o -> !o.isFailed())
        .map(o -> new Judgement(o.truth(), o.predicted(), speakers ? o.row().speaker() : id(o)))
        .toList();
  }

  private static String id(Outcome outcome) {
    return outcome.row().path().toString();
  }

  Manifest manifest() {
    return plan.manifest();
  }

  /** What the bootstrap resamples. */
  String unit() {
    return manifest().has(Manifest.SPEAKER) ? "speakers" : "utterances";
  }

  /** How many of them there are among the files that did not fail. */
  long units() {
    return judgements(outcomes, manifest().has(Manifest.SPEAKER)).stream()
        .map(Judgement::group)
        .distinct()
        .count();
  }

  List<Outcome> failures() {
    return outcomes.stream().filter(Outcome::isFailed).toList();
  }

  double audioSeconds() {
    return outcomes.stream().mapToDouble(Outcome::seconds).sum();
  }

  /** Processing time by audio time; NaN without audio. */
  double realTimeFactor() {
    return audioSeconds() > 0 ? seconds / audioSeconds() : Double.NaN;
  }

  /** Whether each row names its own model. */
  boolean hasModelPerRow() {
    return manifest().has(Manifest.MODEL);
  }

  /** A confusion matrix per fold, in order of first appearance; empty without folds. */
  Map<String, ConfusionMatrix> folds() {
    Map<String, List<Outcome>> folds = new LinkedHashMap<>();
    if (manifest().has(Manifest.FOLD)) {
      for (Outcome o : outcomes) {
        folds.computeIfAbsent(o.row().fold(), fold -> new ArrayList<>()).add(o);
      }
    }
    Map<String, ConfusionMatrix> matrices = new LinkedHashMap<>();
    folds.forEach(
        (fold, rows) ->
            matrices.put(fold, ConfusionMatrix.of(plan.labels(), judgements(rows, false))));
    return matrices;
  }
}

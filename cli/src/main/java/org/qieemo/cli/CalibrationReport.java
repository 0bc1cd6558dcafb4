package org.qieemo.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.qieemo.evaluation.CalibrationError;
import org.qieemo.evaluation.ScoredUtterance;
import org.qieemo.evaluation.TemperatureScaling;
import org.qieemo.weights.FusionConfig;

/**
 * What a calibration has found.
 *
 * @param plan manifest and models
 * @param failures files that failed
 * @param scored the others
 * @param stored the temperature that stands in the model file
 * @param temperature the one that was fitted
 * @param before errors of the models as they are
 * @param after errors with the fitted temperature
 * @param others errors of each speaker with the temperature that all the others give; null without
 *     two speakers for whom there is one
 */
record CalibrationReport(
    EvaluationPlan plan,
    int failures,
    int scored,
    double stored,
    double temperature,
    CalibrationError before,
    CalibrationError after,
    CalibrationError others) {
  static final String SCHEMA = "qieemo-calibration/1";

  /** A row that was heard, and the temperature that its own model has. */
  private record Heard(ScoredUtterance utterance, double stored, String speaker) {}

  /**
   * Fits the temperature.
   *
   * @param target the emotion head that gets it
   * @param outcomes heard without any prior, in the order of the manifest
   * @throws FileFailure if no temperature fits
   */
  static CalibrationReport of(EvaluationPlan plan, FusionConfig target, List<Outcome> outcomes)
      throws FileFailure {
    List<Heard> heard = heard(plan, target, outcomes);
    String manifest = plan.manifest().name();
    if (heard.isEmpty()) {
      throw new FileFailure(manifest + ": every file failed, so that nothing can be fitted");
    }
    double temperature =
        fit(heard)
            .orElseThrow(
                () ->
                    new FileFailure(
                        manifest
                            + ": no temperature fits: the answers are all right, or no better than"
                            + " chance; give more recordings that the model has not learned from"));
    double[] stored = heard.stream().mapToDouble(Heard::stored).toArray();
    double[] fitted = new double[heard.size()];
    Arrays.fill(fitted, (float) temperature); // as the file will hold it
    return new CalibrationReport(
        plan,
        outcomes.size() - heard.size(),
        heard.size(),
        target.calibration().temperature(),
        (float) temperature,
        error(heard, stored),
        error(heard, fitted),
        others(heard));
  }

  private static List<Heard> heard(
      EvaluationPlan plan, FusionConfig target, List<Outcome> outcomes) {
    List<Heard> heard = new ArrayList<>();
    for (EvaluatedModel model : plan.models()) {
      for (int row : model.rows()) {
        Outcome outcome = outcomes.get(row);
        if (!outcome.isFailed()) {
          heard.add(heard(outcome, target, model.fusion().calibration().temperature()));
        }
      }
    }
    return heard;
  }

  /** Without a prior, logits are temperature * ln p, up to a constant. */
  private static Heard heard(Outcome outcome, FusionConfig target, double stored) {
    List<String> labels = target.labels();
    double[] logits = new double[labels.size()];
    double[] offsets = new double[labels.size()];
    FusionConfig.Calibration calibration = target.calibration();
    for (int k = 0; k < logits.length; k++) {
      double p = outcome.scores().get(labels.get(k));
      logits[k] = stored * Math.log(Math.max(p, Double.MIN_VALUE));
      if (calibration.priorTau() != 0) {
        offsets[k] = calibration.priorTau() * Math.log(calibration.prior().get(k));
      }
    }
    int truth = labels.indexOf(outcome.truth());
    return new Heard(new ScoredUtterance(logits, offsets, truth), stored, outcome.row().speaker());
  }

  private static OptionalDouble fit(List<Heard> heard) {
    return TemperatureScaling.fit(heard.stream().map(Heard::utterance).toList());
  }

  private static CalibrationError error(List<Heard> heard, double[] temperatures) {
    List<double[]> probabilities = new ArrayList<>();
    for (int i = 0; i < temperatures.length; i++) {
      probabilities.add(heard.get(i).utterance().probabilities(temperatures[i]));
    }
    return CalibrationError.of(
        probabilities, heard.stream().map(h -> h.utterance().truth()).toList());
  }

  private static CalibrationError others(List<Heard> heard) {
    Set<String> speakers = new LinkedHashSet<>(heard.stream().map(Heard::speaker).toList());
    if (speakers.size() < 2) {
      return null;
    }
    double[] temperatures = new double[heard.size()];
    for (String speaker : speakers) {
      OptionalDouble fitted =
          fit(heard.stream().filter(h -> !h.speaker().equals(speaker)).toList());
      if (fitted.isEmpty()) {
        return null;
      }
      for (int i = 0; i < temperatures.length; i++) {
        temperatures[i] =
            heard.get(i).speaker().equals(speaker) ? fitted.getAsDouble() : temperatures[i];
      }
    }
    return error(heard, temperatures);
  }

  /** For people. */
  List<String> lines(String model) {
    List<String> lines = new ArrayList<>();
    lines.add("Calibration on " + plan.manifest().name());
    lines.add("  model: " + model);
    lines.add("  utterances: " + scored + " scored and " + failures + " failed");
    lines.add("  temperature: " + Text.fixed(stored, 4) + ", fitted " + Text.fixed(temperature, 4));
    lines.add("");
    TextTable table =
        new TextTable().row(List.of("temperature", "NLL", "ECE", "accuracy", "mean confidence"));
    table.row(cells("as it was", before)).row(cells("fitted", after));
    if (others != null) {
      table.row(cells("fitted to the other speakers", others));
    }
    lines.addAll(table.lines("  "));
    return lines;
  }

  private static List<String> cells(String name, CalibrationError error) {
    return List.of(
        name,
        Text.fixed(error.nll(), 4),
        Text.fixed(error.ece(), 4),
        Text.fixed(error.accuracy(), 4),
        Text.fixed(error.confidence(), 4));
  }

  /** One object. */
  String json(String model, String output) {
    JsonWriter json =
        new JsonWriter()
            .beginObject()
            .member("schema", SCHEMA)
            .member("qieemo", Version.line())
            .member("manifest", plan.manifest().name())
            .member("model", model)
            .member("output", output)
            .member("scored", scored)
            .member("failures", failures)
            .member("stored_temperature", stored)
            .member("temperature", temperature);
    member(json, "before", before);
    member(json, "after", after);
    member(json, "other_speakers", others);
    return json.endObject().toString();
  }

  private static void member(JsonWriter json, String name, CalibrationError error) {
    if (error == null) {
      json.member(name, null);
      return;
    }
    json.name(name)
        .beginObject()
        .member("nll", error.nll())
        .member("ece", error.ece())
        .member("accuracy", error.accuracy())
        .member("confidence", error.confidence())
        .endObject();
  }
}

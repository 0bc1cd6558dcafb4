package org.qieemo.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.EmotionRecognizer;

/**
 * Which model classifies which rows, after everything was checked that can be checked before the
 * first file is read: every model loads, all have the same labels, and these are the manifest's.
 *
 * @param manifest the labelled utterances
 * @param models in order of first use
 * @param truths per row, its label as the models write it
 */
record EvaluationPlan(Manifest manifest, List<EvaluatedModel> models, List<String> truths) {

  /**
   * Loads each model once, one at a time.
   *
   * @throws IOException naming the line of the manifest, or the model, that is wrong
   */
  static EvaluationPlan of(Manifest manifest, Arguments arguments) throws IOException {
    Map<String, List<Integer>> groups = new LinkedHashMap<>(); // null stands for the embedded model
    for (int i = 0; i < manifest.rows().size(); i++) {
      String model = manifest.rows().get(i).model();
      String path = model.isEmpty() ? arguments.get(ModelOptions.MODEL.name(), null) : model;
      groups.computeIfAbsent(path, p -> new ArrayList<>()).add(i);
    }
    List<EvaluatedModel> models = new ArrayList<>();
    String[] truths = new String[manifest.rows().size()];
    for (Map.Entry<String, List<Integer>> group : groups.entrySet()) {
      EvaluatedModel model = load(manifest, arguments, group.getKey(), group.getValue());
      models.add(model);
      requireSameLabels(manifest, models.get(0), model);
      for (int row : model.rows()) {
        truths[row] = truth(manifest, manifest.rows().get(row), model);
      }
    }
    return new EvaluationPlan(manifest, List.copyOf(models), List.of(truths));
  }

  private static EvaluatedModel load(
      Manifest manifest, Arguments arguments, String path, List<Integer> rows) throws IOException {
    ManifestRow first = manifest.rows().get(rows.get(0));
    try (EmotionRecognizer recognizer = ModelOptions.look(arguments, path)) {
      if (!recognizer.canClassify()) {
        throw new FileFailure(
            ModelOptions.name(path)
                + ": the model has no emotion head and cannot classify; see 'qieemo inspect'");
      }
      return EvaluatedModel.of(path, recognizer, rows);
    } catch (FileFailure e) {
      throw first.model().isEmpty() ? e : manifest.error(first, "model " + e.getMessage());
    }
  }

  private static void requireSameLabels(
      Manifest manifest, EvaluatedModel first, EvaluatedModel other) throws FileFailure {
    if (!new HashSet<>(first.labels()).equals(new HashSet<>(other.labels()))) {
      throw manifest.error(
          manifest.rows().get(other.rows().get(0)),
          "one evaluation needs models with the same labels, but "
              + first.name()
              + " has "
              + String.join(", ", first.labels())
              + " and "
              + other.name()
              + " has "
              + String.join(", ", other.labels()));
    }
  }

  private static String truth(Manifest manifest, ManifestRow row, EvaluatedModel model)
      throws FileFailure {
    return model
        .label(row.label())
        .orElseThrow(
            () ->
                manifest.error(
                    row,
                    "label '"
                        + row.label()
                        + "' is none of the model's: "
                        + Text.or(model.labels())));
  }

  /** The classes, in the order of the first model. */
  List<String> labels() {
    return models.get(0).labels();
  }
}

package org.qieemo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.qieemo.model.Softmax;
import org.qieemo.weights.FusionConfig;

/** {@link DecisionOptions} on one model's labels: logits to probabilities. Immutable. */
final class Decision {
  private final List<String> labels; // the chosen ones, in the model's order
  private final int[] indices; // of the chosen ones in the model's labels
  private final float temperature;
  private final float tau;
  private final List<Float> prior; // of the chosen ones; empty when tau is 0
  private final double unknownBelow;

  /**
   * Checks the options against the model.
   *
   * @throws IllegalArgumentException naming a label that the model does not have, or lacks
   */
  Decision(FusionConfig fusion, DecisionOptions options) {
    List<String> all = fusion.labels();
    labels = chosen(all, options.labels());
    indices = labels.stream().mapToInt(all::indexOf).toArray();
    temperature = fusion.calibration().temperature();
    unknownBelow = options.unknownBelow();
    ClassPrior replaced = options.prior();
    tau = replaced == null ? fusion.calibration().priorTau() : (float) replaced.tau();
    prior = tau == 0 ? List.of() : priors(fusion, replaced);
  }

  private static List<String> chosen(List<String> all, List<String> wanted) {
    if (wanted.isEmpty()) {
      return all;
    }
    wanted.forEach(label -> requireLabel(all, label));
    List<String> kept = all.stream().filter(new HashSet<>(wanted)::contains).toList();
    if (kept.size() < 2) {
      throw new IllegalArgumentException("choose among at least two labels, found " + wanted);
    }
    return kept;
  }

  private static void requireLabel(List<String> all, String label) {
    if (!all.contains(label)) {
      throw new IllegalArgumentException(
          "no label '" + label + "': the model has " + String.join(", ", all));
    }
  }

  private List<Float> priors(FusionConfig fusion, ClassPrior replaced) {
    List<String> all = fusion.labels();
    if (replaced != null) {
      replaced.weights().keySet().forEach(label -> requireLabel(all, label));
    }
    List<Float> chosen = new ArrayList<>();
    for (int k = 0; k < indices.length; k++) {
      chosen.add(
          replaced == null
              ? fusion.calibration().prior().get(indices[k])
              : weight(replaced, labels.get(k)));
    }
    return chosen;
  }

  private static float weight(ClassPrior prior, String label) {
    Double weight = prior.weights().get(label);
    if (weight == null) {
      throw new IllegalArgumentException("the prior lacks the label '" + label + "'");
    }
    return weight.floatValue();
  }

  /** The labels to choose among, in the model's order. */
  List<String> labels() {
    return labels;
  }

  /** Probabilities of {@link #labels()} from logits of all the model's labels. */
  double[] probabilities(float[] logits) {
    float[] kept = new float[indices.length];
    for (int k = 0; k < kept.length; k++) {
      kept[k] = logits[indices[k]];
    }
    return Softmax.of(kept, temperature, prior, tau);
  }

  /** The answer for probabilities of {@link #labels()}, {@link Emotion#UNKNOWN} when in doubt. */
  String label(double[] probabilities) {
    int best = 0;
    for (int k = 1; k < probabilities.length; k++) {
      best = probabilities[k] > probabilities[best] ? k : best;
    }
    return probabilities[best] < unknownBelow ? Emotion.UNKNOWN : labels.get(best);
  }
}

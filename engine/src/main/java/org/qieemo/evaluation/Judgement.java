package org.qieemo.evaluation;

import java.util.Objects;

/**
 * One utterance that was classified.
 *
 * @param truth its label
 * @param predicted the label that the classifier gave it
 * @param group what it has in common with others, so that they say less than as many independent
 *     utterances would: its speaker. Where nothing is known, something unique to the utterance.
 */
public record Judgement(String truth, String predicted, String group) {
  /** Checks that nothing is null. */
  public Judgement {
    Objects.requireNonNull(truth, "truth");
    Objects.requireNonNull(predicted, "predicted");
    Objects.requireNonNull(group, "group");
  }
}

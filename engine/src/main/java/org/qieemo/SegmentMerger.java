package org.qieemo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Time steps to segments: neighbours with the same answer become one, whose probabilities are the
 * mean over time. Confined to one thread.
 */
final class SegmentMerger {
  private static final double HOPS_PER_SECOND = 100;

  private final Decision decision;
  private final boolean merge;
  private Slot first; // of the open segment; null for none
  private String label;
  private double[] sum; // of probabilities times hops
  private long end;

  SegmentMerger(Decision decision, boolean merge) {
    this.decision = decision;
    this.merge = merge;
  }

  /**
   * The segments that these steps complete.
   *
   * @param seconds duration of the audio so far: the last step may reach over its end
   */
  List<TimelineSegment> add(List<Slot> slots, double seconds) {
    List<TimelineSegment> complete = new ArrayList<>();
    for (Slot slot : slots) {
      String answer =
          slot.probabilities() == null
              ? TimelineSegment.SILENCE
              : decision.label(slot.probabilities());
      if (first != null && !(merge && answer.equals(label) && sameKind(slot))) {
        complete.add(take(seconds));
      }
      extend(slot, answer);
      if (!merge) {
        complete.add(take(seconds));
      }
    }
    return complete;
  }

  /** Silence is one thing, a label of that name another. */
  private boolean sameKind(Slot slot) {
    return (sum == null) == (slot.probabilities() == null);
  }

  private void extend(Slot slot, String answer) {
    if (first == null) {
      first = slot;
      label = answer;
      sum = slot.probabilities() == null ? null : new double[slot.probabilities().length];
    }
    end = slot.span().to();
    for (int k = 0; sum != null && k < sum.length; k++) {
      sum[k] += slot.probabilities()[k] * (slot.span().to() - slot.span().from());
    }
  }

  /** The segment that waits for more of its kind. */
  List<TimelineSegment> finish(double seconds) {
    return first == null ? List.of() : List.of(take(seconds));
  }

  /** Closes the open segment, no later than the audio ends. */
  private TimelineSegment take(double seconds) {
    long begin = first.span().from();
    double from = begin / HOPS_PER_SECOND;
    double to = Math.min(end / HOPS_PER_SECOND, seconds);
    Optional<Emotion> emotion = Optional.empty();
    if (sum != null) {
      double[] mean = new double[sum.length];
      for (int k = 0; k < mean.length; k++) {
        mean[k] = sum[k] / (end - begin);
      }
      emotion = Optional.of(new Emotion(decision, mean, to - from, null));
    }
    first = null;
    return new TimelineSegment(from, to, emotion);
  }
}

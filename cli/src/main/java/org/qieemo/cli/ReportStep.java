package org.qieemo.cli;

import java.util.List;
import java.util.Map;
import org.qieemo.Emotion;
import org.qieemo.TimelineSegment;

/**
 * A stretch of a recording in a report.
 *
 * @param start seconds
 * @param end seconds
 * @param label the answer, {@link TimelineSegment#SILENCE} for silence
 * @param scores probability per label [K], null for silence
 */
record ReportStep(double start, double end, String label, double[] scores) {

  static ReportStep of(TimelineSegment segment, List<String> labels) {
    double[] scores = segment.emotion().map(e -> scores(e, labels)).orElse(null);
    return new ReportStep(segment.start(), segment.end(), segment.label(), scores);
  }

  private static double[] scores(Emotion emotion, List<String> labels) {
    Map<String, Double> byLabel = emotion.scores();
    return labels.stream().mapToDouble(byLabel::get).toArray();
  }

  boolean isSilence() {
    return scores == null;
  }

  double seconds() {
    return end - start;
  }

  /** The probability of the most probable label; 0 for silence. */
  double confidence() {
    double best = 0;
    for (int k = 0; !isSilence() && k < scores.length; k++) {
      best = Math.max(best, scores[k]);
    }
    return best;
  }

  /** Whether the answer is the same, silence being none. */
  boolean sameAnswer(ReportStep other) {
    return label.equals(other.label) && isSilence() == other.isSilence();
  }

  /** This and the step behind it as one, its scores the mean over time. */
  ReportStep with(ReportStep next) {
    double[] mean = isSilence() ? null : new double[scores.length];
    for (int k = 0; !isSilence() && k < scores.length; k++) {
      double sum = scores[k] * seconds() + next.scores[k] * next.seconds();
      mean[k] = sum / (seconds() + next.seconds());
    }
    return new ReportStep(start, next.end, label, mean);
  }
}

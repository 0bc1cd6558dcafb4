package org.qieemo.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.Emotion;
import org.qieemo.TimelineSegment;
import org.qieemo.Word;

/**
 * What a report shows of one recording.
 *
 * @param file as the user wrote it
 * @param seconds duration
 * @param labels that were to choose among
 * @param steps without gaps from 0 to the end
 * @param segments the same with equal neighbours merged
 * @param words in the order of time; empty where the model has no CTC head
 * @param waveform its outline
 */
record ReportData(
    String file,
    double seconds,
    List<String> labels,
    List<ReportStep> steps,
    List<ReportStep> segments,
    List<Word> words,
    Waveform waveform) {

  /** Neighbours with the same answer as one. */
  static List<ReportStep> merge(List<ReportStep> steps) {
    List<ReportStep> merged = new ArrayList<>();
    for (ReportStep step : steps) {
      int last = merged.size() - 1;
      if (last >= 0 && merged.get(last).sameAnswer(step)) {
        merged.set(last, merged.get(last).with(step));
      } else {
        merged.add(step);
      }
    }
    return merged;
  }

  /** About so many steps: neighbours of one kind (speech or silence) as their mean. */
  static List<ReportStep> thin(List<ReportStep> steps, int most) {
    int group = (steps.size() + most - 1) / Math.max(1, most);
    List<ReportStep> thin = new ArrayList<>();
    int inGroup = 0;
    for (ReportStep step : steps) {
      int last = thin.size() - 1;
      boolean joins =
          inGroup > 0 && inGroup < group && thin.get(last).isSilence() == step.isSilence();
      if (joins) {
        thin.set(last, thin.get(last).with(step));
      } else {
        thin.add(step);
      }
      inGroup = joins ? inGroup + 1 : 1;
    }
    return thin;
  }

  /** Seconds of each answer, of the labels first, then of unknown and silence, also where 0. */
  Map<String, Double> secondsByAnswer() {
    Map<String, Double> sums = new LinkedHashMap<>();
    labels.forEach(label -> sums.put(label, 0.0));
    sums.putIfAbsent(Emotion.UNKNOWN, 0.0);
    sums.putIfAbsent(TimelineSegment.SILENCE, 0.0);
    segments.forEach(s -> sums.merge(s.label(), s.seconds(), Double::sum));
    return sums;
  }

  /** The answer that lasts longest, silence only where there is nothing else. */
  String mostly() {
    return mostly(secondsByAnswer());
  }

  /** The longest of such sums. */
  static String mostly(Map<String, Double> sums) {
    String best = TimelineSegment.SILENCE;
    double longest = 0;
    for (Map.Entry<String, Double> sum : sums.entrySet()) {
      if (!sum.getKey().equals(TimelineSegment.SILENCE) && sum.getValue() > longest) {
        best = sum.getKey();
        longest = sum.getValue();
      }
    }
    return best;
  }

  /** The part of the speech (what is not silence) that has an answer; 0 where nobody speaks. */
  static double part(Map<String, Double> sums, String answer) {
    double all = sums.values().stream().mapToDouble(s -> s).sum();
    double speech = all - sums.get(TimelineSegment.SILENCE);
    return speech > 0 ? sums.get(answer) / speech : 0;
  }
}

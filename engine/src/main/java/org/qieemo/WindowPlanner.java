package org.qieemo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.TimelineOptions.Smoothing;

/**
 * Overlapping windows of equal length, one beginning (centred) or ending (trailing) with every time
 * step. A step with hardly any voice in it is silence; windows are only heard where some step needs
 * them. At the end of the audio windows are cut short there, and the last that begins is the first
 * that reaches it.
 */
final class WindowPlanner implements Planner {
  /** A step is silence when less than this part of it is voiced. */
  private static final double LEAST_VOICED = 0.1;

  private final Decision decision;
  private final boolean trailing;
  private final long hop; // in hops of 10 ms
  private final long window;
  private final long overlap; // steps that lie inside a window
  private final Map<Long, double[]> heard = new HashMap<>(); // by window; value null: too short
  private long step; // next one to answer

  WindowPlanner(TimelineOptions options, Decision decision) {
    this.decision = decision;
    trailing = options.smoothing() == Smoothing.TRAILING;
    hop = Math.max(1, Math.round(options.hopSeconds() * 100));
    window = Math.max(hop, Math.round(options.windowSeconds() * 100));
    overlap = window / hop;
  }

  @Override
  public List<Slot> advance(VoiceActivity voice, SpanScorer scorer, boolean ended) {
    long total = voice.hops();
    long end = step;
    while (ended ? end * hop < total : isReady(end, total, scorer)) {
      end++;
    }
    long last = ended ? Math.max(0, steps(total) - overlap) : Long.MAX_VALUE;
    hear(end, last, voice, scorer);
    List<Slot> slots = new ArrayList<>();
    for (; step < end; step++) {
      slots.add(new Slot(span(step, total), mean(step, last, voice)));
    }
    long first = firstWindow(step);
    heard.keySet().removeIf(w -> w < first);
    long oldest = Math.max(0, trailing ? (step + 1) * hop - window : first * hop);
    voice.forgetBefore(Math.min(oldest, step * hop));
    scorer.forgetBefore(oldest);
    return slots;
  }

  /** All steps of the audio, the last one may be short. */
  private long steps(long total) {
    return (total + hop - 1) / hop;
  }

  /** Whether the last window that a step needs can be heard before the audio has ended. */
  private boolean isReady(long s, long total, SpanScorer scorer) {
    Span needed = window(s, Long.MAX_VALUE);
    return needed.to() <= total && scorer.isReady(needed);
  }

  private Span span(long s, long total) {
    return new Span(s * hop, Math.min((s + 1) * hop, total));
  }

  /** The window that begins, or trailing, ends with step {@code w}. */
  private Span window(long w, long total) {
    return trailing
        ? new Span(Math.max(0, (w + 1) * hop - window), Math.min((w + 1) * hop, total))
        : new Span(w * hop, Math.min(w * hop + window, total));
  }

  private long firstWindow(long s) {
    return trailing ? s : Math.max(0, s - overlap + 1);
  }

  private long lastWindow(long s, long last) {
    return trailing ? s : Math.min(s, last);
  }

  private boolean isSilent(long s, VoiceActivity voice) {
    Span span = span(s, voice.hops());
    return voice.voiced(span) < Math.max(1, LEAST_VOICED * (span.to() - span.from()));
  }

  /** Hears the windows that the steps up to {@code end} need and that have not been heard yet. */
  private void hear(long end, long last, VoiceActivity voice, SpanScorer scorer) {
    List<Long> wanted = new ArrayList<>();
    List<Span> spans = new ArrayList<>();
    for (long s = step; s < end; s++) {
      if (isSilent(s, voice)) {
        continue;
      }
      for (long w = firstWindow(s); w <= lastWindow(s, last); w++) {
        if (!heard.containsKey(w) && !wanted.contains(w)) {
          wanted.add(w);
          spans.add(window(w, voice.hops()));
        }
      }
    }
    List<float[]> logits = scorer.score(spans);
    for (int i = 0; i < spans.size(); i++) {
      float[] z = logits.get(i);
      heard.put(wanted.get(i), z == null ? null : decision.probabilities(z));
    }
  }

  /** The mean over the windows of a step; null for silence and for audio that is too short. */
  private double[] mean(long s, long last, VoiceActivity voice) {
    if (isSilent(s, voice)) {
      return null;
    }
    double[] mean = new double[decision.labels().size()];
    int count = 0;
    for (long w = firstWindow(s); w <= lastWindow(s, last); w++) {
      double[] probabilities = heard.get(w);
      for (int k = 0; probabilities != null && k < mean.length; k++) {
        mean[k] += probabilities[k];
      }
      count += probabilities == null ? 0 : 1;
    }
    for (int k = 0; k < mean.length; k++) {
      mean[k] /= count;
    }
    return count == 0 ? null : mean;
  }
}

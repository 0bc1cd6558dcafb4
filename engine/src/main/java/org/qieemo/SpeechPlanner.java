package org.qieemo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Stretches of speech between pauses, found by their energy. Pauses shorter than half a second
 * belong to the speech around them; a stretch with less than 0.2 s of voice is no speech; one that
 * would become too long is cut where it is quietest in its last third. Each stretch is heard with
 * 0.1 s of what surrounds it.
 */
final class SpeechPlanner implements Planner {
  private static final int PAUSE = 50; // hops of 10 ms, like all numbers here
  private static final int LEAST_VOICED = 20;
  private static final int PADDING = 10;
  private static final int VALLEY = 5; // hops whose energy is summed to find the quietest place

  private final Decision decision;
  private final long longest;
  private final Deque<Span> waiting = new ArrayDeque<>(); // speech found, not yet heard
  private long told; // all before it has been answered
  private long looked; // all before it has been looked at
  private long begin = -1; // of the speech going on, -1 in a pause
  private long lastVoiced;

  SpeechPlanner(TimelineOptions options, Decision decision) {
    this.decision = decision;
    longest = Math.max(3L * PAUSE, Math.round(options.windowSeconds() * 100));
  }

  @Override
  public List<Slot> advance(VoiceActivity voice, SpanScorer scorer, boolean ended) {
    while (looked < voice.hops()) {
      look(voice);
    }
    if (ended && begin >= 0) {
      endSpeech(voice, Math.min(lastVoiced + 1 + PADDING, voice.hops()));
    }
    List<Slot> slots = hear(scorer, ended);
    if (ended && told < voice.hops()) {
      slots.add(new Slot(new Span(told, voice.hops()), null));
      told = voice.hops();
    }
    long oldest = waiting.isEmpty() ? pending() : waiting.peek().from();
    voice.forgetBefore(oldest);
    scorer.forgetBefore(oldest);
    return slots;
  }

  /** The earliest hop that speech yet to be found may begin with. */
  private long pending() {
    return Math.max(0, begin >= 0 ? begin : looked - PADDING);
  }

  private void look(VoiceActivity voice) {
    long hop = looked++;
    if (voice.isVoiced(hop)) {
      begin = begin < 0 ? Math.max(found(), hop - PADDING) : begin;
      lastVoiced = hop;
    }
    if (begin < 0) {
      return;
    }
    if (hop - lastVoiced >= PAUSE) {
      endSpeech(voice, lastVoiced + 1 + PADDING);
    } else if (looked - begin >= longest) {
      long cut = quietest(voice, looked - longest / 3, looked);
      endSpeech(voice, cut);
      begin = cut;
      lastVoiced = Math.max(lastVoiced, cut);
    }
  }

  /** The end of what has been found so far. */
  private long found() {
    return waiting.isEmpty() ? told : waiting.peekLast().to();
  }

  private void endSpeech(VoiceActivity voice, long end) {
    Span span = new Span(begin, end);
    begin = -1;
    if (voice.voiced(span) >= LEAST_VOICED) {
      waiting.add(span);
    }
  }

  private static long quietest(VoiceActivity voice, long from, long to) {
    long best = to - VALLEY / 2 - 1;
    double least = Double.POSITIVE_INFINITY;
    for (long centre = from + VALLEY / 2; centre + VALLEY / 2 < to; centre++) {
      double sum = 0;
      for (long hop = centre - VALLEY / 2; hop <= centre + VALLEY / 2; hop++) {
        sum += voice.power(hop);
      }
      if (sum < least) {
        least = sum;
        best = centre;
      }
    }
    return best;
  }

  private List<Slot> hear(SpanScorer scorer, boolean ended) {
    List<Slot> slots = new ArrayList<>();
    while (!waiting.isEmpty() && (ended || scorer.isReady(waiting.peek()))) {
      Span speech = waiting.remove();
      if (told < speech.from()) {
        slots.add(new Slot(new Span(told, speech.from()), null));
      }
      float[] logits = scorer.score(List.of(speech)).get(0);
      slots.add(new Slot(speech, logits == null ? null : decision.probabilities(logits)));
      told = speech.to();
    }
    return slots;
  }
}

package org.qieemo;

import java.util.List;

/** Decides which spans of a stream are heard, and when. Confined to one thread. */
interface Planner {
  /**
   * Goes as far as the audio allows.
   *
   * @param ended whether no more audio follows
   * @return what has become known, in the order of time
   */
  List<Slot> advance(VoiceActivity voice, SpanScorer scorer, boolean ended);
}

package org.qieemo;

import java.util.List;

/**
 * What was heard in a recording, in the order of time and without gaps. Immutable.
 *
 * @param segments from 0 to {@code seconds}
 * @param seconds duration of the audio
 */
public record Timeline(List<TimelineSegment> segments, double seconds) {
  /** Copies the segments. */
  public Timeline {
    segments = List.copyOf(segments);
  }
}

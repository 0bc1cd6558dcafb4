package org.qieemo;

import java.util.Locale;
import java.util.Optional;

/**
 * What was heard from one time to another. Immutable.
 *
 * @param start seconds from the beginning of the audio
 * @param end seconds
 * @param emotion what the voice carried; empty for silence, which carries nothing, and for the
 *     first steps where they are too short for the model
 */
public record TimelineSegment(double start, double end, Optional<Emotion> emotion) {
  /** The {@link #label()} of silence. */
  public static final String SILENCE = "silence";

  /** Whether nobody spoke. */
  public boolean isSilence() {
    return emotion.isEmpty();
  }

  /** The emotion's label, or {@link #SILENCE}. */
  public String label() {
    return emotion.map(Emotion::label).orElse(SILENCE);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f-%.2f s %s", start, end, label());
  }
}

package org.qieemo;

import java.util.List;

/**
 * Emotion probabilities over time, one row per encoder frame. Immutable but for the arrays that
 * {@link #probabilities(int)} hands out as copies.
 */
public final class EmotionCurve {
  private final List<String> labels;
  private final double frameSeconds;
  private final double[][] probabilities; // [frames, K]

  EmotionCurve(List<String> labels, double frameSeconds, double[][] probabilities) {
    this.labels = labels;
    this.frameSeconds = frameSeconds;
    this.probabilities = probabilities;
  }

  /** The labels, in the order of the probabilities. */
  public List<String> labels() {
    return labels;
  }

  /** Number of frames. */
  public int frames() {
    return probabilities.length;
  }

  /** Seconds from one frame's start to the next. */
  public double frameSeconds() {
    return frameSeconds;
  }

  /** Start of frame {@code t} in seconds. */
  public double start(int t) {
    return t * frameSeconds;
  }

  /** The probabilities of frame {@code t} [K]; a copy. */
  public double[] probabilities(int t) {
    return probabilities[t].clone();
  }
}

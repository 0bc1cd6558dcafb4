package org.qieemo;

/**
 * How audio of any length is cut in time. Immutable.
 *
 * @param cut what a segment is
 * @param windowSeconds length of the windows in which emotion is heard; with {@link Cut#SPEECH} the
 *     longest segment
 * @param hopSeconds from one window to the next, the time step of the result; no longer than a
 *     window, rounded to 10 ms
 * @param smoothing which windows answer for a time step
 * @param merge neighbouring time steps with the same answer become one segment
 * @param silenceDb audio below this level (dB, full scale is 0, over 10 ms) is silence
 * @param decision from probabilities to answers
 */
public record TimelineOptions(
    Cut cut,
    double windowSeconds,
    double hopSeconds,
    Smoothing smoothing,
    boolean merge,
    double silenceDb,
    DecisionOptions decision) {

  /** What a segment is. */
  public enum Cut {
    /** A time step, or several with the same answer: overlapping windows of equal length. */
    WINDOWS,
    /** A stretch of speech between pauses, found by its energy; hop and smoothing do not matter. */
    SPEECH
  }

  /** Which windows answer for a time step. */
  public enum Smoothing {
    /** The mean of all that cover it: known when the last of them has been heard. */
    CENTRED,
    /** The one that ends with it: known at once, for live audio. */
    TRAILING
  }

  /** For recordings: 5 s windows every second, averaged, merged; silence is below -50 dB. */
  public static final TimelineOptions DEFAULT =
      new TimelineOptions(Cut.WINDOWS, 5, 1, Smoothing.CENTRED, true, -50, DecisionOptions.DEFAULT);

  /** For live audio: every second the answer for the last 5 s. */
  public static final TimelineOptions LIVE =
      DEFAULT.withSmoothing(Smoothing.TRAILING).withMerge(false);

  private static final double LONGEST = 600;

  /** Checks the numbers. */
  public TimelineOptions {
    if (!(windowSeconds > 0 && windowSeconds <= LONGEST)) {
      throw new IllegalArgumentException(
          "windowSeconds must be above 0 and at most 600, found " + windowSeconds);
    }
    if (!(hopSeconds >= 0.01 && hopSeconds <= windowSeconds)) {
      throw new IllegalArgumentException(
          "hopSeconds must lie between 0.01 and windowSeconds, found " + hopSeconds);
    }
    if (!(silenceDb <= 0)) {
      throw new IllegalArgumentException("silenceDb must be 0 or less, found " + silenceDb);
    }
  }

  /** The same with another cut. */
  public TimelineOptions withCut(Cut other) {
    return new TimelineOptions(
        other, windowSeconds, hopSeconds, smoothing, merge, silenceDb, decision);
  }

  /** The same with other windows. */
  public TimelineOptions withWindow(double window, double hop) {
    return new TimelineOptions(cut, window, hop, smoothing, merge, silenceDb, decision);
  }

  /** The same with another smoothing. */
  public TimelineOptions withSmoothing(Smoothing other) {
    return new TimelineOptions(cut, windowSeconds, hopSeconds, other, merge, silenceDb, decision);
  }

  /** The same, merging or not. */
  public TimelineOptions withMerge(boolean merged) {
    return new TimelineOptions(
        cut, windowSeconds, hopSeconds, smoothing, merged, silenceDb, decision);
  }

  /** The same with another level below which audio is silence. */
  public TimelineOptions withSilenceDb(double level) {
    return new TimelineOptions(cut, windowSeconds, hopSeconds, smoothing, merge, level, decision);
  }

  /** The same with another way to answers. */
  public TimelineOptions withDecision(DecisionOptions options) {
    return new TimelineOptions(
        cut, windowSeconds, hopSeconds, smoothing, merge, silenceDb, options);
  }
}

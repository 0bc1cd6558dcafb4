package org.qieemo;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.qieemo.audio.FeatureStream;

/**
 * Hears audio while it arrives. Push samples as they come, in pieces of any size; what has become
 * known is returned. How the audio is divided into pieces changes nothing in the result.
 *
 * <pre>{@code
 * try (EmotionStream stream = recognizer.stream(16_000, TimelineOptions.LIVE)) {
 *   while (microphone.read(samples)) {
 *     stream.push(samples).forEach(System.out::println);
 *   }
 *   stream.finish().forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>Used by one thread at a time; that thread does the work and gets the results. Different
 * streams of one recognizer run side by side. Memory does not grow with the audio.
 */
public final class EmotionStream implements AutoCloseable {
  private static final float SHORT_SCALE = 1f / 32_768;

  private final FeatureStream features;
  private final int sampleRate;
  private final SpanScorer scorer;
  private final VoiceActivity voice;
  private final Planner planner;
  private final SegmentMerger merger;
  private final int block; // samples taken at once, which bounds the memory
  private boolean finished;
  private boolean closed;

  EmotionStream(
      FeatureStream features,
      int sampleRate,
      SpanScorer scorer,
      Decision decision,
      TimelineOptions options) {
    this.features = features;
    this.sampleRate = sampleRate;
    this.scorer = scorer;
    boolean windows = options.cut() == TimelineOptions.Cut.WINDOWS;
    voice = new VoiceActivity(options.silenceDb());
    planner = windows ? new WindowPlanner(options, decision) : new SpeechPlanner(options, decision);
    merger = new SegmentMerger(decision, windows && options.merge());
    block = 10 * sampleRate;
  }

  /**
   * Takes samples.
   *
   * @param samples mono, nominally in [-1, 1]; not kept
   * @return the segments that have become known, in the order of time; often none
   * @throws InvalidAudioException if a sample is NaN, infinite or beyond any scale; the samples
   *     before it may have been taken
   * @throws IllegalStateException after {@link #finish()}, or if stream or recognizer are closed
   */
  public List<TimelineSegment> push(float[] samples) {
    return push(samples, 0, samples.length);
  }

  /** As {@link #push(float[])} for {@code count} samples from {@code offset} on. */
  public List<TimelineSegment> push(float[] samples, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, samples.length);
    requireOpen();
    List<TimelineSegment> segments = new ArrayList<>();
    for (int at = 0; at < count; at += block) {
      segments.addAll(advance(take(samples, offset + at, Math.min(block, count - at))));
    }
    return segments;
  }

  /** As {@link #push(float[])} for 16-bit samples. */
  public List<TimelineSegment> push(short[] samples) {
    float[] scaled = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      scaled[i] = samples[i] * SHORT_SCALE;
    }
    return push(scaled);
  }

  private FeatureStream.Piece take(float[] samples, int offset, int count) {
    try {
      return features.push(samples, offset, count);
    } catch (IllegalArgumentException e) {
      throw new InvalidAudioException(e.getMessage());
    }
  }

  /** Ends the audio and returns the segments that remain. Nothing can be pushed afterwards. */
  public List<TimelineSegment> finish() {
    requireOpen();
    finished = true;
    List<TimelineSegment> segments = new ArrayList<>(advance(features.finish()));
    segments.addAll(merger.finish(seconds()));
    return segments;
  }

  private List<TimelineSegment> advance(FeatureStream.Piece piece) {
    voice.push(piece.power());
    scorer.push(piece.features(), finished);
    return merger.add(planner.advance(voice, scorer, finished), seconds());
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the stream is closed");
    }
    if (finished) {
      throw new IllegalStateException("the stream has been finished");
    }
  }

  /** Seconds of audio taken so far. */
  public double seconds() {
    return (double) features.samples() / sampleRate;
  }

  /** Frees the stream without finishing it; idempotent. */
  @Override
  public void close() {
    closed = true;
    scorer.close();
  }
}

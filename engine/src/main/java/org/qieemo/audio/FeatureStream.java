package org.qieemo.audio;

import java.util.Arrays;

/**
 * Features of audio that arrives in pieces of any size: bit for bit the frames and the order of
 * {@link FrontEnd#fbank} over the whole, before normalisation. Beside them it tells how loud each
 * hop is. It holds less than two windows of samples, however long the audio. Confined to one
 * thread.
 */
public final class FeatureStream {
  private final Resampler resampler;
  private final FeatureExtractor extractor;
  private final double[] scratch;
  private final SampleQueue input = new SampleQueue();
  private final SampleQueue resampled = new SampleQueue();
  private long outputs; // resampled so far
  private long frames; // extracted so far
  private double squares; // of the hop being measured
  private int inHop; // samples of the hop being measured
  private boolean finished;

  /**
   * What a piece of audio has completed.
   *
   * @param features [n, F]
   * @param power [m] mean square of each hop of 10 ms, 1 being full scale
   */
  public record Piece(float[] features, float[] power) {}

  FeatureStream(Resampler resampler, FeatureExtractor extractor) {
    this.resampler = resampler;
    this.extractor = extractor;
    scratch = resampler.scratch();
  }

  /** Samples taken so far, at the rate they came in. */
  public long samples() {
    return input.end();
  }

  /**
   * Takes samples.
   *
   * @param samples mono in [-1,1]; copied
   * @throws IllegalArgumentException a sample is NaN, infinite or above {@link
   *     Samples#MAX_MAGNITUDE}; nothing is taken then
   * @throws IllegalStateException after {@link #finish()}
   */
  public Piece push(float[] samples, int offset, int count) {
    requireUnfinished();
    Samples.requireUsable(samples, offset, count);
    input.append(samples, offset, count);
    return advance();
  }

  /** Ends the audio: the frames that waited for more, and a last hop that is not full. */
  public Piece finish() {
    requireUnfinished();
    finished = true;
    return advance();
  }

  private void requireUnfinished() {
    if (finished) {
      throw new IllegalStateException("the stream has been finished");
    }
  }

  private Piece advance() {
    float[] fresh = resample();
    resampled.append(fresh, 0, fresh.length);
    return new Piece(extract(), measure(fresh));
  }

  private float[] resample() {
    if (resampler.from() == resampler.to()) {
      float[] same = Arrays.copyOf(input.array(), input.size());
      input.dropBefore(input.end());
      return same;
    }
    long ready = finished ? resampler.outputLength(input.end()) : outputs;
    while (!finished && resampler.firstInput(ready) + resampler.taps() <= input.end()) {
      ready++;
    }
    float[] fresh = new float[Math.toIntExact(ready - outputs)];
    for (int i = 0; i < fresh.length; i++) {
      fresh[i] = resampler.sample(input.array(), input.size(), input.start(), outputs + i, scratch);
    }
    outputs = ready;
    input.dropBefore(resampler.firstInput(outputs));
    return fresh;
  }

  /**
   * The extractor sees the samples held as a signal of their own. It begins a whole number of hops
   * into the real one and at least one sample before the next frame, so that frames inside look the
   * same in both; where it ends is where the real one ends.
   */
  private float[] extract() {
    int hop = extractor.hop();
    float[] held = Arrays.copyOf(resampled.array(), resampled.size());
    long shift = resampled.start() / hop;
    long end = finished ? shift + extractor.frames(held.length) : frames;
    while (!finished && extractor.firstSample(end) + extractor.reach() <= resampled.end()) {
      end++;
    }
    int count = (int) Math.max(0, end - frames);
    float[] features = new float[count * extractor.bins()];
    if (count > 0) {
      extractor.extract(held, (int) (frames - shift), count, features, 0);
    }
    frames += count;
    resampled.dropBefore(Math.max(0, extractor.firstSample(frames)) / hop * hop);
    return features;
  }

  private float[] measure(float[] fresh) {
    int hop = extractor.hop();
    boolean rest = finished && (inHop + fresh.length) % hop > 0;
    float[] power = new float[(inHop + fresh.length) / hop + (rest ? 1 : 0)];
    int next = 0;
    for (float sample : fresh) {
      squares += (double) sample * sample;
      if (++inHop == hop) {
        power[next++] = meanSquare();
      }
    }
    if (rest) {
      power[next] = meanSquare();
    }
    return power;
  }

  private float meanSquare() {
    float mean = (float) (squares / inHop);
    squares = 0;
    inHop = 0;
    return mean;
  }
}

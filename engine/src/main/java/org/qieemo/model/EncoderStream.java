package org.qieemo.model;

import java.util.Arrays;
import org.qieemo.weights.EncoderConfig;
import org.qieemo.weights.FrontEndConfig.Normalization;
import org.qieemo.weights.ModelConfig;
import org.qieemo.weights.SubsamplingConfig;

/**
 * An encoder that hears features as they come: attention and convolution caches stand for the past,
 * and every chunk gives what the masked full pass gives. For models whose attention sees chunks
 * only and whose convolutions are causal; see {@link #supports}.
 *
 * <p>Where a model sees all of the past, at most a fixed history is kept, so that memory and time
 * stay bounded; up to there the results are those of the full pass. Owns its {@link Forward}; one
 * thread at a time.
 */
public final class EncoderStream implements AutoCloseable {
  /** Most encoder frames at once, unless a single chunk has more. */
  private static final int STEP = 64;

  private final Qieemo model;
  private final Forward forward;
  private final SubsamplingConfig subsampling;
  private final EncoderCache cache;
  private final int bins;
  private final int chunk; // encoder frames
  private final int step;
  private float[] waiting = {}; // features from the next frame's first row on [n, F]

  /**
   * Begins a stream.
   *
   * @param forward is closed with the stream
   * @param history most encoder frames of the past that are kept where the model sees all of them
   */
  EncoderStream(Qieemo model, Forward forward, int history) {
    EncoderConfig encoder = model.config().encoder();
    this.model = model;
    this.forward = forward;
    subsampling = model.config().subsampling();
    bins = model.config().frontEnd().melBins();
    chunk = encoder.mask().chunk();
    int left = encoder.mask().leftChunks();
    boolean all = left < 0;
    // chunks one by one, so that the history does not depend on how many came at once
    step = all ? chunk : Math.max(1, STEP / chunk) * chunk;
    int kept = all ? (history + chunk - 1) / chunk * chunk : left * chunk;
    cache = new EncoderCache(forward.exec, encoder, kept, step);
  }

  /** Whether a model can stream: nothing in its encoder looks further ahead than its chunk. */
  public static boolean supports(ModelConfig config) {
    EncoderConfig encoder = config.encoder();
    Normalization normalization = config.frontEnd().normalization();
    return encoder.mask().chunk() > 0
        && (encoder.convolution() == null || encoder.convolution().causal())
        && encoder.position() != EncoderConfig.Position.LEGACY
        && config.subsampling().kind() != SubsamplingConfig.Kind.STRIDING
        && (normalization == Normalization.NONE || normalization == Normalization.GLOBAL);
  }

  /** Where the stream runs; a listener of it is shown each step's layers. */
  public Forward forward() {
    return forward;
  }

  /**
   * Takes features.
   *
   * @param features [n, F], normalised
   * @param last whether the stream ends with them; else frames wait until their chunk is full
   * @param frames is told of the frames that have become known, step by step
   */
  public void push(float[] features, boolean last, FrameListener frames) {
    waiting = joined(waiting, features);
    for (int n = ready(last); n > 0; n = ready(last)) {
      int rows = (n - 1) * rate() + subsampling.leastFrames();
      float[] now = Arrays.copyOf(waiting, rows * bins);
      model.step(forward, now, cache, frames);
      cache.advance(n);
      waiting = Arrays.copyOfRange(waiting, n * rate() * bins, waiting.length);
    }
  }

  private int rate() {
    return subsampling.rate();
  }

  /** Encoder frames that the waiting features give now. */
  private int ready(boolean last) {
    int n = Math.min(step, subsampling.outputFrames(waiting.length / bins));
    return last ? n : n / chunk * chunk;
  }

  private static float[] joined(float[] a, float[] b) {
    float[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  /** Is told of encoder frames as they become known. */
  public interface FrameListener {
    /**
     * The next frames.
     *
     * @param streams [P' || E'] row-major [n, 2w]; null if the model cannot classify
     */
    void onFrames(float[] streams);
  }

  @Override
  public void close() {
    forward.close();
  }
}

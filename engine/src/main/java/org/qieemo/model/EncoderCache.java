package org.qieemo.model;

import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Segments;
import org.qieemo.weights.EncoderConfig;

/**
 * What an encoder remembers of a stream: per block the attention's keys and values and the
 * convolution's last frames. One thread at a time.
 */
final class EncoderCache {
  private final AttentionCache[] attention;
  private final ConvolutionCache[] convolution; // of nulls without convolution modules
  private final RollingPositions positions = new RollingPositions();
  private final Segments keys = new Segments();
  private final int history;
  private int frames; // heard so far
  private int kept; // keys that the next frames see

  /**
   * Takes the memory.
   *
   * @param history most frames that attention sees before the present chunks
   * @param step most frames at once
   */
  EncoderCache(Execution exec, EncoderConfig config, int history, int step) {
    this.history = history;
    attention = new AttentionCache[config.blocks()];
    convolution = new ConvolutionCache[config.blocks()];
    for (int i = 0; i < config.blocks(); i++) {
      attention[i] = new AttentionCache(exec, history, step, config.width());
      convolution[i] =
          config.convolution() == null
              ? null
              : new ConvolutionCache(exec, config.convolution().kernel() - 1, step, config.width());
    }
  }

  AttentionCache attention(int block) {
    return attention[block];
  }

  ConvolutionCache convolution(int block) {
    return convolution[block];
  }

  RollingPositions positions() {
    return positions;
  }

  /** Frames heard before the present ones. */
  int frames() {
    return frames;
  }

  /** Keys kept from before the present frames. */
  int kept() {
    return kept;
  }

  /** The keys that {@code n} frames see as one segment, of which the last n ask. */
  Segments keys(int n) {
    keys.clear();
    keys.add(kept + n, kept);
    return keys;
  }

  /** The present frames belong to the past now. */
  void advance(int n) {
    frames += n;
    kept = Math.min(history, kept + n);
  }
}

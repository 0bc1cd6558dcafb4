package org.qieemo.model;

import java.util.Arrays;
import org.qieemo.kernels.Segments;

/** The result of a batch: logits per utterance and per frame. */
public final class EmotionLogits {
  private final int labels;
  private final int[] starts; // [utterances + 1], in encoder frames
  private final float[] logits; // [utterances, K]
  private final float[] frameLogits; // [frames, K], null behind statistics pooling

  EmotionLogits(Segments frames, int labels, boolean hasFrameLogits) {
    this.labels = labels;
    this.starts = new int[frames.count() + 1];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = frames.start(i);
    }
    this.logits = new float[frames.count() * labels];
    this.frameLogits = hasFrameLogits ? new float[frames.rows() * labels] : null;
  }

  float[] logits() {
    return logits;
  }

  float[] frameLogits() {
    return frameLogits;
  }

  void takeLogarithm() {
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) Math.log(Math.max(logits[i], Float.MIN_NORMAL));
    }
  }

  /** Whether single frames have logits. */
  public boolean hasFrames() {
    return frameLogits != null;
  }

  /** Encoder frames of utterance {@code i}. */
  public int frames(int i) {
    return starts[i + 1] - starts[i];
  }

  /** Logits z of utterance {@code i} [K]; a copy. */
  public float[] utterance(int i) {
    return Arrays.copyOfRange(logits, i * labels, (i + 1) * labels);
  }

  /** Logits l_t of frame {@code t} of utterance {@code i} [K]; a copy. */
  public float[] frame(int i, int t) {
    int from = (starts[i] + t) * labels;
    return Arrays.copyOfRange(frameLogits, from, from + labels);
  }
}

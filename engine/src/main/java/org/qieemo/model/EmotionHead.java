package org.qieemo.model;

import static org.qieemo.weights.TensorNames.HEAD;
import static org.qieemo.weights.TensorNames.POOLING_HIDDEN;
import static org.qieemo.weights.TensorNames.POOLING_SCORE;
import static org.qieemo.weights.TensorNames.WEIGHT;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.Execution;
import org.qieemo.kernels.Linear;
import org.qieemo.kernels.Pooling;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.FusionConfig;
import org.qieemo.weights.FusionConfig.PoolingKind;

/**
 * From the fused frames U [T, n] to one row of K per utterance: frame logits l_t = U_t W_c + b_c
 * and their mean (or the mean of their softmax), or the head behind attentive or statistics
 * pooling.
 */
final class EmotionHead {
  private final PoolingKind kind;
  private final Linear hidden; // [a, n] tanh, attentive only
  private final Linear score; // [1, a], attentive only
  private final Linear head; // [K, n], stats: [K, 2n]

  EmotionHead(WeightScope scope) {
    FusionConfig fusion = scope.config().fusion();
    kind = fusion.pooling().kind();
    boolean attentive = kind == PoolingKind.ATTENTIVE;
    hidden = attentive ? scope.linear(POOLING_HIDDEN, Activation.TANH) : null;
    score =
        attentive
            ? scope.backend().linear(scope.tensor(POOLING_SCORE + WEIGHT), null, Activation.NONE)
            : null;
    head = scope.linear(HEAD, Activation.NONE);
  }

  /**
   * Whether single frames have logits: not behind statistics pooling, whose head wants the spread
   * over time.
   */
  boolean hasFrameLogits() {
    return kind != PoolingKind.STATS;
  }

  /** u [T, n] to {@code frameLogits} [T, K]. */
  void frames(Forward f, Tensor u, Tensor frameLogits) {
    f.exec.linear(u, head, frameLogits);
    f.show(Layer.FRAME_LOGITS, frameLogits);
  }

  /**
   * Pools to {@code utterances} [utterances, K]: logits z, or, for {@code mean_softmax}, mean
   * probabilities, whose logarithm is z.
   *
   * @param frameLogits [T, K] of {@link #frames}, overwritten; null behind statistics pooling
   */
  void pool(Forward f, Tensor u, Tensor frameLogits, Tensor utterances) {
    Execution exec = f.exec;
    int mark = exec.mark();
    switch (kind) {
      case MEAN_LOGIT -> exec.pool(Pooling.MEAN, frameLogits, null, f.frames(), utterances);
      case MEAN_SOFTMAX -> {
        exec.softmax(frameLogits, frameLogits);
        exec.pool(Pooling.MEAN, frameLogits, null, f.frames(), utterances);
      }
      case ATTENTIVE -> {
        Tensor pooled = exec.take(utterances.rows(), u.cols());
        exec.pool(Pooling.WEIGHTED, u, scores(f, u), f.frames(), pooled);
        exec.linear(pooled, head, utterances);
      }
      case STATS -> {
        Tensor pooled = exec.take(utterances.rows(), 2 * u.cols());
        exec.pool(Pooling.MEAN_STD, u, null, f.frames(), pooled);
        exec.linear(pooled, head, utterances);
      }
    }
    exec.release(mark);
  }

  private Tensor scores(Forward f, Tensor u) {
    Tensor activated = f.exec.take(u.rows(), hidden.outputs());
    f.exec.linear(u, hidden, activated);
    Tensor scores = f.exec.take(u.rows(), 1);
    f.exec.linear(activated, score, scores);
    return scores;
  }
}

package org.qieemo.model;

import static org.qieemo.weights.TensorNames.TAPS;

import java.util.Arrays;
import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.FusionConfig;

/** E = sum over tapped blocks l of a_l H^l, a = softmax(w); one tap: E = H^l. */
final class Taps {
  private final int[] blocks; // S
  private final float[] mixing; // a [|S|]
  private final int first; // the tap that the encoder reaches first
  private final int last; // the tap that it reaches last
  private final Norm afterNorm; // [d], null unless each tap passes the encoder's final norm

  Taps(WeightScope scope, Norm encoderNorm) {
    FusionConfig.Taps config = scope.config().fusion().taps();
    blocks = config.blocks().stream().mapToInt(Integer::intValue).toArray();
    mixing = blocks.length == 1 ? new float[] {1f} : softmax(scope.tensor(TAPS).toFloats());
    first = Arrays.stream(blocks).min().orElseThrow();
    last = Arrays.stream(blocks).max().orElseThrow();
    afterNorm = config.afterNorm() ? encoderNorm : null;
  }

  /** The tapped block that the encoder reaches last; 0 is the subsampled input. */
  int last() {
    return last;
  }

  /** If block {@code l} is tapped, adds a_l H^l [T, d] to {@code e} [T, d]. */
  void collect(Forward f, int l, Tensor h, Tensor e) {
    for (int i = 0; i < blocks.length; i++) {
      if (blocks[i] == l) {
        add(f, mixing[i], h, l == first ? 0f : 1f, e);
      }
    }
  }

  private void add(Forward f, float a, Tensor h, float keep, Tensor e) {
    int mark = f.exec.mark();
    Tensor tapped = h;
    if (afterNorm != null) {
      tapped = f.exec.take(h.rows(), h.cols());
      f.exec.layerNorm(h, afterNorm, tapped);
    }
    f.exec.scaledSum(a, tapped, keep, keep == 0f ? tapped : e, e);
    f.exec.release(mark);
  }

  private static float[] softmax(float[] logits) {
    double[] probabilities = Softmax.of(logits, 1, null, 0);
    float[] result = new float[logits.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) probabilities[i];
    }
    return result;
  }
}

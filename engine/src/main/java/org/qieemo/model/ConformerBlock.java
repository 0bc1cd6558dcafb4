package org.qieemo.model;

import static org.qieemo.weights.TensorNames.ATTENTION;
import static org.qieemo.weights.TensorNames.CONVOLUTION;
import static org.qieemo.weights.TensorNames.FFN;
import static org.qieemo.weights.TensorNames.FINAL_NORM;
import static org.qieemo.weights.TensorNames.MACARON;

import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.EncoderConfig;

/**
 * One encoder block: half a feed-forward (macaron), attention, convolution, feed-forward, norm. The
 * convolution may stand before attention.
 */
final class ConformerBlock {
  private final FeedForward macaron; // null without
  private final SelfAttention attention;
  private final ConvolutionModule convolution; // null without
  private final boolean convolutionFirst;
  private final FeedForward feedForward;
  private final Norm finalNorm; // [d], null without a convolution module

  ConformerBlock(WeightScope scope) {
    EncoderConfig encoder = scope.config().encoder();
    boolean convolves = encoder.convolution() != null;
    convolutionFirst = convolves && encoder.convolution().first();
    macaron = encoder.macaron() ? new FeedForward(scope.at(MACARON)) : null;
    attention = new SelfAttention(scope.at(ATTENTION));
    convolution = convolves ? new ConvolutionModule(scope.at(CONVOLUTION)) : null;
    feedForward = new FeedForward(scope.at(FFN));
    finalNorm = convolves ? scope.encoderNorm(FINAL_NORM) : null;
  }

  /** H^{l-1} to H^l [T, d], in place; the convolution may leave its sum elsewhere on the way. */
  void forward(Forward f, Tensor x) {
    int mark = f.exec.mark();
    if (macaron != null) {
      macaron.addTo(f, x);
    }
    Tensor sum = convolutionFirst ? convolution.addTo(f, x) : x;
    attention.addTo(f, sum);
    if (convolution != null && !convolutionFirst) {
      sum = convolution.addTo(f, sum);
    }
    finish(f, sum, x);
    f.exec.release(mark);
  }

  /**
   * The same for the next frames of a stream, in place.
   *
   * @param positions as {@link SelfAttention} takes them
   * @param i the block's index from 0
   */
  void forward(Forward f, Tensor x, Tensor positions, EncoderCache stream, int i) {
    if (macaron != null) {
      macaron.addTo(f, x);
    }
    if (convolutionFirst) {
      convolution.addTo(f, x, stream.convolution(i));
    }
    attention.addTo(f, x, positions, stream, stream.attention(i));
    if (convolution != null && !convolutionFirst) {
      convolution.addTo(f, x, stream.convolution(i));
    }
    finish(f, x, x);
  }

  /** Without a convolution, and so without a last norm, {@code out} is x. */
  private void finish(Forward f, Tensor x, Tensor out) {
    feedForward.addTo(f, x);
    if (finalNorm != null) {
      f.exec.layerNorm(x, finalNorm, out);
    }
  }
}

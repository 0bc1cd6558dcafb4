package org.qieemo.model;

import static org.qieemo.weights.TensorNames.AFTER_NORM;
import static org.qieemo.weights.TensorNames.block;

import org.qieemo.kernels.Norm;
import org.qieemo.kernels.Tensor;
import org.qieemo.weights.EncoderConfig;

/** Features to H^enc, handing every H^l to the taps on the way. */
final class ConformerEncoder {
  private final Subsampling subsampling;
  private final ConformerBlock[] blocks;
  private final Norm afterNorm; // [d], null without
  private final EncoderConfig config;

  ConformerEncoder(WeightScope scope) {
    config = scope.config().encoder();
    subsampling = new Subsampling(scope);
    blocks = new ConformerBlock[config.blocks()];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = new ConformerBlock(scope.at(block(i)));
    }
    afterNorm = config.afterNorm() ? scope.encoderNorm(AFTER_NORM) : null;
  }

  Norm afterNorm() {
    return afterNorm;
  }

  /**
   * Writes H^enc into {@code h} [T', d].
   *
   * @param features [T, F], normalised
   * @param taps add their blocks to {@code e}; null for none
   * @param e E [T', d]; null without taps
   * @param last the last block to run; before the encoder's end, {@code h} is that block's output
   */
  void forward(Forward f, Tensor features, Tensor h, Taps taps, Tensor e, int last) {
    forward(f, features, h, taps, e, last, null);
  }

  /**
   * The same for the next frames of a stream; see {@link EncoderStream}.
   *
   * @param stream what it remembers; null for whole utterances
   */
  void forward(
      Forward f, Tensor features, Tensor h, Taps taps, Tensor e, int last, EncoderCache stream) {
    int mark = f.exec.mark();
    subsampling.forward(f, features, h, stream);
    f.show(Layer.SUBSAMPLED, h);
    collect(f, taps, 0, h, e);
    Tensor positions = stream == null ? null : positions(f, stream);
    for (int i = 0; i < last; i++) {
      if (stream == null) {
        blocks[i].forward(f, h);
      } else {
        blocks[i].forward(f, h, positions, stream, i);
      }
      f.showBlock(i + 1, h);
      collect(f, taps, i + 1, h, e);
    }
    if (last == blocks.length) {
      if (afterNorm != null) {
        f.exec.layerNorm(h, afterNorm, h);
      }
      f.show(Layer.ENCODER, h);
    }
    f.exec.release(mark);
  }

  private static void collect(Forward f, Taps taps, int l, Tensor h, Tensor e) {
    if (taps != null) {
      taps.collect(f, l, h, e);
    }
  }

  /** Position rows of the keys kept and the new ones, where they move on with the stream. */
  private Tensor positions(Forward f, EncoderCache stream) {
    int keys = stream.kept() + f.frames().rows();
    return switch (config.position().term()) {
      case NONE, RELATIVE -> null;
      case KEY ->
          stream.positions().take(f.exec, stream.frames() - stream.kept(), keys, config.width());
      case LEGACY -> throw new IllegalStateException("legacy positions do not stream");
    };
  }
}

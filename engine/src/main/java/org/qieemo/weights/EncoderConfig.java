package org.qieemo.weights;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.AttentionMask;
import org.qieemo.kernels.PositionTerm;

/**
 * The Conformer encoder.
 *
 * @param blocks L
 * @param width d
 * @param heads h, divides d
 * @param ffnWidth f
 * @param convolution the convolution module, null for none
 * @param macaron a second feed-forward module with half steps
 * @param activation inside the feed-forward and convolution modules
 * @param normFirst norms stand before the modules (WeNet's normalize_before)
 * @param normEps eps of every LayerNorm
 * @param afterNorm a LayerNorm behind the last block
 * @param position how positions enter
 * @param inputScale the subsampled input is multiplied by sqrt(d)
 * @param mask which frames attention sees
 */
public record EncoderConfig(
    int blocks,
    int width,
    int heads,
    int ffnWidth,
    Convolution convolution,
    boolean macaron,
    Activation activation,
    boolean normFirst,
    float normEps,
    boolean afterNorm,
    Position position,
    boolean inputScale,
    AttentionMask mask) {

  /**
   * The convolution module.
   *
   * @param kernel K, odd unless causal
   * @param norm which norm follows the depthwise convolution
   * @param causal no frame sees a later one
   * @param first the module stands before attention, not behind it
   */
  public record Convolution(int kernel, ConvNorm norm, boolean causal, boolean first) {
    /** A module behind attention. */
    public Convolution(int kernel, ConvNorm norm, boolean causal) {
      this(kernel, norm, causal, false);
    }

    /** Checks the kernel. */
    public Convolution {
      Checks.that(
          !causal || norm != ConvNorm.GROUP_NORM,
          "encoder.conv_causal: a group_norm hears the whole utterance, no causal module has one");
      Checks.range("encoder.conv_kernel", kernel, 1, 1023);
      Checks.that(
          causal || kernel % 2 == 1,
          "encoder.conv_kernel must be odd unless causal, found " + kernel);
    }

    /** Rows of padding on the left. */
    public int leftPadding() {
      return causal ? kernel - 1 : (kernel - 1) / 2;
    }
  }

  /** Which norm follows the depthwise convolution. */
  public enum ConvNorm {
    /** BatchNorm with running statistics, eps 1e-5. */
    BATCH_NORM,
    /** LayerNorm over channels. */
    LAYER_NORM,
    /** GroupNorm with one group: over channels and the whole utterance. */
    GROUP_NORM
  }

  /** How positions enter. */
  public enum Position {
    /** Not at all. */
    NONE(PositionTerm.NONE),
    /** A sinusoid is added to the input. */
    ABSOLUTE(PositionTerm.NONE),
    /** WeNet's rel_pos: the key's absolute position. */
    WENET(PositionTerm.KEY),
    /** Transformer-XL: NeMo, ESPnet "latest", icefall. */
    RELATIVE(PositionTerm.RELATIVE),
    /** ESPnet "legacy". */
    LEGACY(PositionTerm.LEGACY);

    private final PositionTerm term;

    Position(PositionTerm term) {
      this.term = term;
    }

    /** What the attention adds to its scores. */
    public PositionTerm term() {
      return term;
    }
  }

  /** Checks sizes and combinations. */
  public EncoderConfig {
    Checks.range("encoder.block_count", blocks, 1, 1000);
    Checks.range("encoder.width", width, 2, 65_536);
    Checks.range("encoder.head_count", heads, 1, width);
    Checks.that(
        width % heads == 0,
        "encoder.width " + width + " is no multiple of encoder.head_count " + heads);
    Checks.that(
        width % 2 == 0 || position == Position.NONE,
        "encoder.width must be even for sinusoidal positions, found " + width);
    Checks.range("encoder.ffn_width", ffnWidth, 1, 1 << 20);
    Checks.that(
        normEps > 0 && normEps < 1, "encoder.norm_eps must lie between 0 and 1, found " + normEps);
    Checks.that(
        activation == Activation.SWISH || activation == Activation.RELU,
        "encoder.activation must be swish or relu, found " + activation);
  }

  /** The weight of a feed-forward module's result in the residual sum. */
  public float ffnScale() {
    return macaron ? 0.5f : 1f;
  }
}

package org.qieemo.weights;

import org.qieemo.weights.FusionConfig.CmaQuery;

/**
 * The tensor names of a model file, each once. A full name is a path of these: {@code block(3) +
 * ATTENTION + QUERY + WEIGHT} is {@code encoder.3.attn.q.weight}. {@code docs/model-format.md} has
 * the shapes.
 */
public final class TensorNames {
  public static final String WEIGHT = ".weight";
  public static final String BIAS = ".bias";
  public static final String MEAN = ".mean";
  public static final String VAR = ".var";
  public static final String NORM = ".norm";

  public static final String CMVN_MEAN = "cmvn.mean";
  public static final String CMVN_ISTD = "cmvn.istd";
  public static final String SUBSAMPLING_OUT = "subsampling.out";
  public static final String SUBSAMPLING_NORM = "subsampling.norm";
  public static final String AFTER_NORM = "encoder.after_norm";
  public static final String CTC = "ctc";

  /** Before a block's number. */
  public static final String BLOCK = "encoder.";

  public static final String MACARON = ".macaron";
  public static final String FFN = ".ffn";
  public static final String UP = ".up";
  public static final String DOWN = ".down";
  public static final String ATTENTION = ".attn";
  public static final String QUERY = ".q";
  public static final String KEY = ".k";
  public static final String VALUE = ".v";
  public static final String OUT = ".out";
  public static final String POSITION = ".pos";
  public static final String POSITION_BIAS_U = ".pos_bias_u";
  public static final String POSITION_BIAS_V = ".pos_bias_v";
  public static final String CONVOLUTION = ".conv";
  public static final String POINTWISE1 = ".pointwise1";
  public static final String POINTWISE2 = ".pointwise2";
  public static final String DEPTHWISE = ".depthwise";
  public static final String DEPTHWISE_NORM = ".depthwise_norm";
  public static final String FINAL_NORM = ".final_norm";

  public static final String TAPS = "taps.weight";
  public static final String PPG_PROJ = "ppg.proj";
  public static final String PPG_NORM = "ppg.norm";
  public static final String EMOTION_PROJ = "emotion.proj";
  public static final String EMOTION_NORM = "emotion.norm";
  public static final String MMF_PROJ = "mmf.proj";
  public static final String MMF_NORM = "mmf.norm";
  public static final String NORM1 = ".norm1";
  public static final String NORM2 = ".norm2";
  public static final String POOLING_HIDDEN = "pooling.hidden";
  public static final String POOLING_SCORE = "pooling.score";
  public static final String HEAD = "head";

  private TensorNames() {}

  /** Convolution {@code i} of the subsampling, from 0. */
  public static String subsamplingConv(int i) {
    return "subsampling.conv." + i;
  }

  /** Encoder block {@code i}, from 0. */
  public static String block(int i) {
    return BLOCK + i;
  }

  /** The cross-modal attention stack in which {@code query} asks. */
  public static String crossAttention(CmaQuery query) {
    return "cma." + Metadata.text(query);
  }

  /** Layer {@code j} of a stack, from 0. */
  public static String layer(String stack, int j) {
    return stack + "." + j;
  }
}

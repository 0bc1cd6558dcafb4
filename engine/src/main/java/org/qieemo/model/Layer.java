package org.qieemo.model;

/** Names of the intermediate results that a {@link LayerListener} sees, each once. */
public final class Layer {
  /** The encoder's input H^0 [T, d], scaled and, for absolute positions, shifted. */
  public static final String SUBSAMPLED = "subsampled";

  /** H^enc [T, d]. */
  public static final String ENCODER = "encoder";

  /** The CTC head's output [T, V]. */
  public static final String CTC_LOGITS = "ctc_logits";

  /** The posteriorgram P [T, V]. */
  public static final String PPG = "ppg";

  /** P' [T, w]. */
  public static final String PPG_PROJECTED = "ppg_projected";

  /** E' [T, w]. */
  public static final String EMOTION = "emotion";

  /** M [T, w]. */
  public static final String MMF = "mmf";

  /** Z [T, w] of the stack in which E' asks. */
  public static final String CMA_EMOTION = "cma_emotion";

  /** Z [T, w] of the stack in which P' asks. */
  public static final String CMA_PPG = "cma_ppg";

  /** U [T, n]. */
  public static final String FUSED = "fused";

  /** l [T, K]. */
  public static final String FRAME_LOGITS = "frame_logits";

  private Layer() {}

  /** H^l [T, d], l counted from 1. */
  public static String block(int l) {
    return "block" + l;
  }
}

package org.qieemo;

import org.qieemo.model.Layer;

/** A place in the model whose values can be read. */
public final class Tap {
  /** The filter bank, before CMVN or normalisation. */
  public static final Tap FBANK = new Tap("fbank", null);

  /** The model's input: the filter bank behind CMVN or normalisation. */
  public static final Tap FEATURES = new Tap("features", null);

  /** The encoder's output. */
  public static final Tap ENCODER = new Tap("encoder", Layer.ENCODER);

  /** The phonetic posteriorgram. */
  public static final Tap PPG = new Tap("ppg", Layer.PPG);

  /** The CTC head's output. */
  public static final Tap CTC_LOGITS = new Tap("ctc-logits", Layer.CTC_LOGITS);

  /** Emotion probabilities per frame. */
  public static final Tap FRAME_EMOTION = new Tap("frame-emotion", null);

  private static final Tap[] NAMED = {FBANK, FEATURES, ENCODER, PPG, CTC_LOGITS, FRAME_EMOTION};

  private final String name;
  private final String layer; // null for what is no layer of the model
  private final int block; // -1 for what is no block

  private Tap(String name, String layer) {
    this(name, layer, -1);
  }

  private Tap(String name, String layer, int block) {
    this.name = name;
    this.layer = layer;
    this.block = block;
  }

  /** The output of encoder block {@code l}, counted from 1; 0 is the subsampled input. */
  public static Tap block(int l) {
    if (l < 0) {
      throw new IllegalArgumentException("blocks count from 0, found " + l);
    }
    return new Tap("block:" + l, l == 0 ? Layer.SUBSAMPLED : Layer.block(l), l);
  }

  /**
   * Reads a tap as the command line writes it.
   *
   * @throws IllegalArgumentException listing the taps there are
   */
  public static Tap parse(String text) {
    for (Tap tap : NAMED) {
      if (tap.name.equals(text)) {
        return tap;
      }
    }
    if (text.matches("block:[0-9]{1,4}")) {
      return block(Integer.parseInt(text.substring("block:".length())));
    }
    throw new IllegalArgumentException(
        "unknown tap '"
            + text
            + "': expected fbank, features, block:N, encoder, ppg, ctc-logits or frame-emotion");
  }

  /** The layer's name inside the model, null for what is no layer. */
  String layer() {
    return layer;
  }

  /** The block's number, -1 for what is no block. */
  int block() {
    return block;
  }

  /** As the command line writes it. */
  @Override
  public String toString() {
    return name;
  }
}

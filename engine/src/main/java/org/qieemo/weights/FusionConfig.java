package org.qieemo.weights;

import java.util.HashSet;
import java.util.List;

/**
 * What Qieemo adds to an ASR encoder: tapped blocks, PPG, MMF, CMA, pooling, head.
 *
 * @param labels K emotion classes, in order
 * @param width w of the fused streams
 * @param taps which blocks give the emotional features
 * @param ppg the textual features
 * @param mmf the multimodal fusion module
 * @param cma the cross-modal attention module
 * @param pooling from frames to the utterance
 * @param calibration from logits to probabilities
 */
public record FusionConfig(
    List<String> labels,
    int width,
    Taps taps,
    Ppg ppg,
    Mmf mmf,
    Cma cma,
    PoolingConfig pooling,
    Calibration calibration) {

  /**
   * Tapped blocks.
   *
   * @param blocks S: 0 is the subsampled input, 1..L the blocks
   * @param afterNorm each passes the encoder's final norm
   */
  public record Taps(List<Integer> blocks, boolean afterNorm) {
    /** Checks that there is at least one and none twice. */
    public Taps {
      blocks = List.copyOf(blocks);
      Checks.range("taps.blocks (their number)", blocks.size(), 1, 1001);
      Checks.that(
          new HashSet<>(blocks).size() == blocks.size(), "taps.blocks repeat a block: " + blocks);
    }
  }

  /** Form of the posteriorgram. */
  public enum PpgForm {
    /** softmax. */
    PROB,
    /** log softmax. */
    LOG_PROB,
    /** The CTC head's output itself. */
    LOGITS
  }

  /**
   * The textual features.
   *
   * @param form what is projected
   * @param blank whether the blank's column is kept
   */
  public record Ppg(PpgForm form, boolean blank) {}

  /** The multimodal fusion module. */
  public enum Mmf {
    /** M = LayerNorm(ReLU([P' || E'] W_m + b_m)). */
    CONCAT,
    /** g = sigmoid([P' || E'] W_g + b_g), M = LayerNorm(g * P' + (1-g) * E'). */
    GATED,
    /** M = LayerNorm(P' + E'). */
    SUM,
    /** Absent. */
    OFF
  }

  /** Which stream asks in the cross-modal attention. */
  public enum CmaQuery {
    /** Q = E', K = V = P'. */
    EMOTION,
    /** Q = P', K = V = E'. */
    PPG,
    /** Both, concatenated. */
    BOTH,
    /** Absent. */
    OFF
  }

  /** Where the norms of the cross-modal attention stand. */
  public enum CmaNorm {
    /** After each residual sum. */
    POST,
    /** Before each module, and once at the end. */
    PRE
  }

  /**
   * The cross-modal attention module.
   *
   * @param query which stream asks
   * @param layers per stack
   * @param heads divides the fusion width
   * @param ffnWidth f
   * @param norm where the norms stand
   */
  public record Cma(CmaQuery query, int layers, int heads, int ffnWidth, CmaNorm norm) {
    /** No cross-modal attention. */
    public static final Cma NONE = new Cma(CmaQuery.OFF, 1, 1, 1, CmaNorm.POST);

    /** Checks the sizes. */
    public Cma {
      Checks.range("cma.layers", layers, 1, 100);
      Checks.range("cma.heads", heads, 1, 65_536);
      Checks.range("cma.ffn_width", ffnWidth, 1, 1 << 20);
    }

    /** Whether a stack with this query exists: {@code EMOTION} or {@code PPG}. */
    public boolean has(CmaQuery stack) {
      return query == stack || query == CmaQuery.BOTH;
    }
  }

  /** How frames become the utterance. */
  public enum PoolingKind {
    /** z = mean of the frames' logits. */
    MEAN_LOGIT,
    /** z = ln of the mean of the frames' probabilities. */
    MEAN_SOFTMAX,
    /** z = head of the frames' weighted mean. */
    ATTENTIVE,
    /** z = head of mean and standard deviation. */
    STATS
  }

  /**
   * Pooling.
   *
   * @param kind how
   * @param attentionWidth a, for {@link PoolingKind#ATTENTIVE}
   */
  public record PoolingConfig(PoolingKind kind, int attentionWidth) {
    /** Checks the width. */
    public PoolingConfig {
      int least = kind == PoolingKind.ATTENTIVE ? 1 : 0;
      Checks.range("pooling.attention_width", attentionWidth, least, 65_536);
    }
  }

  /**
   * softmax(z / temperature - tau * ln prior).
   *
   * @param temperature 1 for none
   * @param priorTau tau, 0 for none
   * @param prior K class priors; empty when tau is 0
   */
  public record Calibration(float temperature, float priorTau, List<Float> prior) {
    /** Neither temperature nor priors. */
    public static final Calibration NONE = new Calibration(1f, 0f, List.of());

    /** Checks the numbers. */
    public Calibration {
      prior = List.copyOf(prior);
      Checks.that(
          Float.isFinite(temperature) && temperature > 0,
          "head.temperature must be above 0, found " + temperature);
      Checks.that(Float.isFinite(priorTau), "head.prior_tau must be finite, found " + priorTau);
      for (float p : prior) {
        Checks.that(p > 0 && p <= 1, "head.prior must lie between 0 and 1, found " + p);
      }
    }
  }

  /** Checks combinations. */
  public FusionConfig {
    labels = List.copyOf(labels);
    Checks.range("labels (their number)", labels.size(), 2, 10_000);
    Checks.that(new HashSet<>(labels).size() == labels.size(), "labels repeat: " + labels);
    Checks.range("fusion.width", width, 1, 65_536);
    Checks.that(
        cma.query() == CmaQuery.OFF || width % cma.heads() == 0,
        "fusion.width " + width + " is no multiple of cma.heads " + cma.heads());
    Checks.that(
        calibration.priorTau() == 0 || calibration.prior().size() == labels.size(),
        "head.prior has " + calibration.prior().size() + " entries for " + labels.size());
  }

  /** Whether the textual features are used at all. */
  public boolean usesPpg() {
    return mmf != Mmf.OFF || cma.query() != CmaQuery.OFF;
  }

  /** n, the width of U: the streams that are on side by side, E' alone if none is. */
  public int fusedWidth() {
    int streams = mmf == Mmf.OFF ? 0 : 1;
    streams += cma.has(CmaQuery.EMOTION) ? 1 : 0;
    streams += cma.has(CmaQuery.PPG) ? 1 : 0;
    return Math.max(1, streams) * width;
  }

  /** Columns of the head's weight: n, or 2n behind mean and standard deviation. */
  public int headInputs() {
    return pooling.kind() == PoolingKind.STATS ? 2 * fusedWidth() : fusedWidth();
  }
}

package org.qieemo.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.qieemo.weights.CtcConfig;
import org.qieemo.weights.EncoderConfig;
import org.qieemo.weights.FrontEndConfig;
import org.qieemo.weights.FusionConfig;
import org.qieemo.weights.Metadata;
import org.qieemo.weights.ModelConfig;
import org.qieemo.weights.SubsamplingConfig;

/** A model's configuration in words. */
final class ModelWords {
  private ModelWords() {}

  /** One line per part. */
  static List<String> describe(ModelConfig config) {
    List<String> lines = new ArrayList<>();
    lines.add("front end: " + frontEnd(config.frontEnd()));
    lines.add("subsampling: " + subsampling(config.subsampling(), config.frameSeconds()));
    lines.add("encoder: " + encoder(config.encoder()));
    lines.add("CTC head: " + ctc(config.ctc()));
    if (config.fusion() == null) {
      lines.add("emotion head: none");
    } else {
      lines.addAll(fusion(config.fusion(), config.encoder().blocks()));
    }
    return lines;
  }

  /** What it can do, one line each. */
  static List<String> abilities(ModelConfig config) {
    boolean classifies = config.fusion() != null;
    return List.of(
        "classify: "
            + (classifies
                ? "yes, " + labels(config.fusion().labels())
                : "no, it has no emotion head"),
        "transcribe: " + (config.ctc() == null ? "no, it has no CTC head" : "yes"));
  }

  private static String labels(List<String> labels) {
    return labels.size() + " labels: " + String.join(", ", labels);
  }

  private static String frontEnd(FrontEndConfig c) {
    String bank =
        switch (c.kind()) {
          case KALDI_FBANK ->
              "Kaldi filter bank" + (c.snipEdges() ? ", edges snipped" : ", edges reflected");
          case LOG_MEL -> "NeMo log-mel filter bank";
        };
    String normalization =
        switch (c.normalization()) {
          case NONE -> "not normalised";
          case GLOBAL -> "normalised by stored statistics";
          case PER_FEATURE -> "normalised per utterance";
          case PER_FEATURE_POPULATION -> "normalised per utterance, deviation over all frames";
        };
    return bank + ", " + c.melBins() + " bins at " + c.sampleRate() + " Hz, " + normalization;
  }

  private static String subsampling(SubsamplingConfig c, double frameSeconds) {
    String channels = c.channels() == 0 ? "" : " with " + c.channels() + " channels";
    return Metadata.text(c.kind())
        + channels
        + ", an encoder frame every "
        + Math.round(1000 * frameSeconds)
        + " ms";
  }

  private static String encoder(EncoderConfig c) {
    List<String> parts = new ArrayList<>();
    parts.add(c.blocks() + (c.convolution() == null ? " Transformer" : " Conformer") + " blocks");
    parts.add("width " + c.width());
    parts.add(c.heads() + " heads");
    parts.add("feed-forward " + c.ffnWidth() + (c.macaron() ? " (macaron)" : ""));
    parts.add(Metadata.text(c.activation()));
    if (c.convolution() != null) {
      parts.add(convolution(c.convolution()));
    }
    parts.add("positions: " + Metadata.text(c.position()));
    parts.add(attention(c));
    return String.join(", ", parts);
  }

  private static String convolution(EncoderConfig.Convolution c) {
    String causal = c.causal() ? "causal convolution of " : "convolution of ";
    return causal + c.kernel() + " frames with " + Metadata.text(c.norm());
  }

  private static String attention(EncoderConfig c) {
    if (c.mask().chunk() == 0) {
      return "attention over the whole recording";
    }
    String history =
        c.mask().leftChunks() < 0 ? "all history" : c.mask().leftChunks() + " chunks of history";
    return "attention in chunks of " + c.mask().chunk() + " frames with " + history;
  }

  private static String ctc(CtcConfig c) {
    return c == null ? "none" : c.vocabulary() + " tokens, blank is " + c.blank();
  }

  private static List<String> fusion(FusionConfig c, int depth) {
    List<String> lines = new ArrayList<>();
    lines.add("fusion: Qieemo-style; fusion equations reconstructed from the abstract");
    lines.add("taps: " + taps(c.taps(), depth));
    if (c.usesPpg()) {
      String blank = c.ppg().blank() ? "with" : "without";
      lines.add("PPG: " + Metadata.text(c.ppg().form()) + ", " + blank + " the blank");
    }
    lines.add("MMF: " + Metadata.text(c.mmf()) + ", width " + c.width());
    lines.add("CMA: " + cma(c.cma()));
    lines.add("pooling: " + Metadata.text(c.pooling().kind()));
    lines.add("calibration: " + calibration(c.calibration()));
    return lines;
  }

  private static String taps(FusionConfig.Taps c, int depth) {
    String blocks = c.blocks().stream().map(String::valueOf).collect(Collectors.joining(", "));
    String norm = c.afterNorm() ? ", behind the final norm" : "";
    return (c.blocks().size() == 1 ? "block " : "blocks ") + blocks + " of " + depth + norm;
  }

  private static String cma(FusionConfig.Cma c) {
    if (c.query() == FusionConfig.CmaQuery.OFF) {
      return "off";
    }
    return "query "
        + Metadata.text(c.query())
        + ", layers "
        + c.layers()
        + ", heads "
        + c.heads()
        + ", feed-forward "
        + c.ffnWidth()
        + ", norm "
        + Metadata.text(c.norm());
  }

  private static String calibration(FusionConfig.Calibration c) {
    String prior = c.priorTau() == 0 ? "no prior" : "class prior with tau " + c.priorTau();
    return "temperature " + c.temperature() + ", " + prior;
  }
}

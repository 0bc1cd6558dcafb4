package org.qieemo.converter.family;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.qieemo.FormatException;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.text.Settings;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.AttentionMask;
import org.qieemo.weights.CtcConfig;
import org.qieemo.weights.EncoderConfig;
import org.qieemo.weights.EncoderConfig.ConvNorm;
import org.qieemo.weights.EncoderConfig.Position;
import org.qieemo.weights.FrontEndConfig.Kind;
import org.qieemo.weights.FrontEndConfig.Normalization;
import org.qieemo.weights.SubsamplingConfig;

/** NeMo's Conformer-CTC. Stateless. */
final class NemoFamily implements Family {
  static final String CTC = "decoder.decoder_layers.0";

  private static final String TOKENS = "tokens.txt";
  private static final String VOCABULARY = "vocab.txt";
  private static final String BLANK = "<blk>";
  private static final float NORM_EPS = 1e-5f;

  @Override
  public String name() {
    return "NeMo";
  }

  @Override
  public boolean recognizes(Settings config) {
    return config.hasSection("encoder") && config.hasSection("preprocessor");
  }

  @Override
  public EncoderPlan plan(EncoderSource source) throws IOException {
    Settings conf = source.config().section("encoder");
    checkOptions(conf);
    int width = conf.integer("d_model");
    int channels = conf.integer("subsampling_conv_channels", -1);
    EncoderConfig encoder = encoder(conf, width);
    return new EncoderPlan(
        frontEnd(source, conf),
        new SubsamplingConfig(SubsamplingConfig.Kind.STRIDING, channels < 0 ? width : channels),
        encoder,
        ctc(source),
        Names.nemo(encoder.blocks()),
        Map.of());
  }

  private static EncoderConfig encoder(Settings conf, int width) throws IOException {
    int expansion = conf.integer("ff_expansion_factor", 4);
    boolean relative = conf.text("self_attention_model", "rel_pos").equals("rel_pos");
    return new EncoderConfig(
        conf.integer("n_layers"),
        width,
        conf.integer("n_heads", 4),
        Math.multiplyExact(expansion, width),
        new EncoderConfig.Convolution(
            conf.integer("conv_kernel_size", 31),
            conf.constant("conv_norm_type", ConvNorm.BATCH_NORM),
            false),
        true,
        Activation.SWISH,
        true,
        NORM_EPS,
        false,
        relative ? Position.RELATIVE : Position.ABSOLUTE,
        conf.flag("xscaling", true),
        AttentionMask.FULL);
  }

  /** Options that change what is computed. */
  private static void checkOptions(Settings conf) throws ModelFormatException {
    String target = conf.text("_target_", "ConformerEncoder");
    if (!target.endsWith("ConformerEncoder")) {
      throw conf.error("_target_", "'" + target + "' is not supported, only ConformerEncoder");
    }
    conf.only("subsampling", "striding");
    conf.only("subsampling_factor", 4);
    conf.only("self_attention_model", "rel_pos", "abs_pos");
    conf.only("feat_out", -1);
    conf.only("conv_norm_type", "batch_norm", "layer_norm");
    conf.only("causal_downsampling", false);
    conf.only("use_bias", true);
    conf.only("reduction_factor", 1);
    conf.only("att_context_style", "regular");
    if (conf.has("att_context_size")
        && !conf.integers("att_context_size").equals(List.of(-1, -1))) {
      throw conf.error("att_context_size", "limited context is not supported, only [-1, -1]");
    }
    if (conf.has("conv_context_size")) {
      throw conf.error("conv_context_size", "not supported, only null");
    }
  }

  private static ChosenFrontEnd frontEnd(EncoderSource source, Settings conf) throws IOException {
    Settings pre = source.config().section("preprocessor");
    pre.only("sample_rate", 16_000);
    pre.only("window_size", 0.025);
    pre.only("window_stride", 0.01);
    pre.only("window", "hann");
    pre.only("n_fft", 512);
    pre.only("log", true);
    pre.only("frame_splicing", 1);
    pre.only("preemph", 0.97);
    pre.only("mag_power", 2.0);
    pre.only("normalize", "per_feature");
    int bins = conf.integer("feat_in", pre.integer("features", 80));
    boolean exported = source.hasFile(TOKENS) && !source.hasFile(VOCABULARY);
    String reason =
        exported
            ? "tokens.txt is the exporters' layout, which feeds Kaldi's filter bank"
            : "NeMo's preprocessor computes log-mel";
    Kind suggested = exported ? Kind.KALDI_FBANK : Kind.LOG_MEL;
    Kind kind = source.frontEnd() == null ? suggested : source.frontEnd();
    Normalization normalization = pre.has("normalize") ? perFeature(kind) : Normalization.NONE;
    return ChosenFrontEnd.of(
        source.frontEnd(),
        suggested,
        new ChosenFrontEnd.Features(bins, false, normalization),
        reason);
  }

  /** NeMo divides by T-1; the exporters, who feed Kaldi's filter bank, by T. */
  private static Normalization perFeature(Kind kind) {
    return kind == Kind.LOG_MEL ? Normalization.PER_FEATURE : Normalization.PER_FEATURE_POPULATION;
  }

  private static CtcConfig ctc(EncoderSource source) throws IOException {
    String weight = CTC + ".weight";
    if (!source.has(weight)) {
      return null;
    }
    int classes = source.rows(weight);
    List<String> tokens = tokens(source, classes);
    if (tokens.size() != classes) {
      throw new ModelFormatException(
          source.bundle().name(),
          FormatException.NO_OFFSET,
          tokens.size() + " tokens with the blank, but the CTC head has " + classes + " rows");
    }
    return new CtcConfig(classes - 1, tokens);
  }

  /** All tokens; the blank is the last. */
  private static List<String> tokens(EncoderSource source, int classes) throws IOException {
    if (source.hasFile(TOKENS)) {
      return TokenFile.withIds(source.read(TOKENS), source.fileName(TOKENS), classes);
    }
    Settings decoder = source.config().section("decoder");
    List<String> tokens = new ArrayList<>();
    if (decoder.has("vocabulary") && decoder.texts("vocabulary").size() == classes - 1) {
      tokens.addAll(decoder.texts("vocabulary"));
    } else {
      tokens.addAll(vocabularyFile(source));
    }
    tokens.add(BLANK);
    return tokens;
  }

  /** {@code vocab.txt}; in an archive behind a hash and an underscore. */
  private static List<String> vocabularyFile(EncoderSource source) throws IOException {
    for (String file : source.bundle().files()) {
      if (file.equals(VOCABULARY) || file.endsWith("_" + VOCABULARY)) {
        return TokenFile.lines(source.read(file), source.fileName(file));
      }
    }
    throw TokenFile.error(
        source.bundle().name(),
        "no tokens: expected decoder.vocabulary in the configuration, tokens.txt or vocab.txt");
  }
}

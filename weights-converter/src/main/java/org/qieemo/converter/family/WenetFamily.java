package org.qieemo.converter.family;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qieemo.converter.source.SourceTensor;
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

/**
 * WeNet's ConformerEncoder, and this project's PyTorch reference, which speaks WeNet's dialect with
 * some more keys (see {@code docs/model-format.md}). Stateless.
 */
final class WenetFamily implements Family {
  static final String CMVN_MEAN = "encoder.global_cmvn.mean";
  static final String CMVN_ISTD = "encoder.global_cmvn.istd";
  static final String CTC = "ctc.ctc_lo";

  private static final String POSITION_WEIGHT = "encoder.encoders.0.self_attn.linear_pos.weight";
  private static final String UNITS = "units.txt";
  private static final float NORM_EPS = 1e-5f;

  @Override
  public String name() {
    return "WeNet";
  }

  @Override
  public boolean recognizes(Settings config) {
    return config.hasSection("encoder_conf");
  }

  @Override
  public EncoderPlan plan(EncoderSource source) throws IOException {
    Settings config = source.config();
    config.only("encoder", "conformer");
    Settings conf = config.section("encoder_conf");
    checkOptions(conf);
    int width = conf.integer("output_size", 256);
    SubsamplingConfig.Kind kind = conf.constant("input_layer", SubsamplingConfig.Kind.CONV2D);
    int channels = kind.convolutions() == 0 ? 0 : conf.integer("subsampling_channels", width);
    EncoderConfig encoder = encoder(source, conf, width);
    Map<String, SourceTensor> extra = new LinkedHashMap<>();
    return new EncoderPlan(
        frontEnd(source, extra),
        new SubsamplingConfig(kind, channels),
        encoder,
        ctc(source),
        Names.wenet(encoder.blocks(), kind),
        extra);
  }

  private static EncoderConfig encoder(EncoderSource source, Settings conf, int width)
      throws IOException {
    Position position = position(source, conf);
    boolean normFirst = conf.flag("normalize_before", true);
    boolean convolution = conf.flag("use_cnn_module", true);
    return new EncoderConfig(
        conf.integer("num_blocks", 6),
        width,
        conf.integer("attention_heads", 4),
        conf.integer("linear_units", 2048),
        convolution ? convolution(conf) : null,
        conf.flag("macaron_style", true),
        conf.constant("activation_type", Activation.SWISH),
        normFirst,
        (float) conf.number("norm_eps", NORM_EPS),
        conf.flag("after_norm", normFirst),
        position,
        conf.flag("input_scale", isScaled(conf, position)),
        new AttentionMask(
            conf.integer("static_chunk_size", 0), conf.integer("num_left_chunks", -1)));
  }

  /** WeNet scales the input in every position encoding but no_pos. */
  private static boolean isScaled(Settings conf, Position position) throws IOException {
    return conf.has("position")
        ? position != Position.NONE
        : !conf.text("pos_enc_layer_type", "rel_pos").equals("no_pos");
  }

  private static EncoderConfig.Convolution convolution(Settings conf) throws IOException {
    return new EncoderConfig.Convolution(
        conf.integer("cnn_module_kernel", 15),
        conf.constant("cnn_module_norm", ConvNorm.BATCH_NORM),
        conf.flag("causal", false));
  }

  /** Options of later WeNet versions that change what is computed. */
  private static void checkOptions(Settings conf) throws IOException {
    conf.only("activation_type", "swish", "relu");
    conf.only("input_layer", "linear", "conv2d", "conv2d6", "conv2d8", "striding");
    conf.only("cnn_module_norm", "batch_norm", "layer_norm");
    conf.only("concat_after", false);
    conf.only("positionwise_conv_kernel_size", 1);
    conf.only("mlp_type", "position_wise_feed_forward");
    conf.only("layer_norm_type", "layer_norm");
    conf.only("query_bias", true);
    conf.only("key_bias", true);
    conf.only("value_bias", true);
    conf.only("mlp_bias", true);
    conf.only("conv_bias", true);
  }

  /** The reference says it; WeNet means its own rel_pos, if the checkpoint has its weights. */
  private static Position position(EncoderSource source, Settings conf) throws IOException {
    if (conf.has("position")) {
      return conf.constant("position", Position.WENET);
    }
    String key = "pos_enc_layer_type";
    conf.only(key, "rel_pos", "abs_pos", "no_pos");
    conf.only("selfattention_layer_type", "rel_selfattn", "selfattn");
    boolean relative = source.has(POSITION_WEIGHT);
    String type = conf.text(key, "rel_pos");
    if (type.equals("rel_pos")) {
      return relative ? Position.WENET : Position.NONE;
    }
    if (relative) {
      throw conf.error(key, "'" + type + "' with relative attention is not supported");
    }
    return type.equals("abs_pos") ? Position.ABSOLUTE : Position.NONE;
  }

  private static ChosenFrontEnd frontEnd(EncoderSource source, Map<String, SourceTensor> extra)
      throws IOException {
    Settings data = source.config().section("dataset_conf");
    data.only("feats_type", "fbank");
    data.section("resample_conf").only("resample_rate", 16_000);
    Settings fbank = data.section("fbank_conf");
    fbank.only("frame_length", 25);
    fbank.only("frame_shift", 10);
    int bins = source.config().integer("input_dim", fbank.integer("num_mel_bins", 80));
    Normalization normalization = normalization(source, data, extra);
    return ChosenFrontEnd.of(
        source.frontEnd(),
        Kind.KALDI_FBANK,
        new ChosenFrontEnd.Features(bins, fbank.flag("snip_edges", true), normalization),
        "WeNet trains on Kaldi's filter bank");
  }

  /** The reference says it; WeNet's buffers in the checkpoint override the file. */
  private static Normalization normalization(
      EncoderSource source, Settings data, Map<String, SourceTensor> extra) throws IOException {
    if (data.has("normalization")) {
      return data.constant("normalization", Normalization.GLOBAL);
    }
    if (source.has(CMVN_MEAN)) {
      return Normalization.GLOBAL;
    }
    Settings config = source.config();
    Settings cmvn = config.hasSection("cmvn_conf") ? config.section("cmvn_conf") : config;
    if (!cmvn.has("cmvn_file")) {
      return Normalization.NONE;
    }
    String path = cmvn.text("cmvn_file", "");
    String file = path.substring(path.lastIndexOf('/') + 1);
    if (!source.hasFile(file)) {
      throw cmvn.error("cmvn_file", "'" + file + "' is missing in " + source.bundle().name());
    }
    CmvnFile statistics = CmvnFile.read(source.read(file), source.fileName(file));
    extra.put(CMVN_MEAN, statistics.mean());
    extra.put(CMVN_ISTD, statistics.istd());
    return Normalization.GLOBAL;
  }

  private static CtcConfig ctc(EncoderSource source) throws IOException {
    String weight = CTC + ".weight";
    if (!source.has(weight)) {
      return null;
    }
    if (!source.hasFile(UNITS)) {
      throw TokenFile.error(
          source.bundle().name(), "units.txt is missing: copy it beside the checkpoint");
    }
    List<String> tokens =
        TokenFile.withIds(source.read(UNITS), source.fileName(UNITS), source.rows(weight));
    return new CtcConfig(source.config().section("ctc_conf").integer("ctc_blank_id", 0), tokens);
  }
}

package org.qieemo.converter.family;

import java.io.IOException;
import java.util.List;
import java.util.Map;
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

/**
 * ESPnet2's ConformerEncoder. Exact on Kaldi features ({@code input_size} in its configuration);
 * ESPnet's own front end is not computed by this project, NeMo's stands in for it. Stateless.
 */
final class EspnetFamily implements Family {
  static final String MEAN = "normalize.mean";
  static final String STD = "normalize.std";
  private static final float NORM_EPS = 1e-12f;

  @Override
  public String name() {
    return "ESPnet2";
  }

  @Override
  public boolean recognizes(Settings config) {
    return config.hasSection("encoder_conf") && config.has("token_list");
  }

  @Override
  public EncoderPlan plan(EncoderSource source) throws IOException {
    Settings config = source.config();
    config.only("encoder", "conformer");
    Settings conf = config.section("encoder_conf");
    conf.only("concat_after", false);
    conf.only("positionwise_layer_type", "linear");
    conf.only("activation_type", "swish", "relu");
    conf.only("zero_triu", false);
    conf.only("input_layer", "linear", "conv2d", "conv2d6", "conv2d8");
    SubsamplingConfig.Kind kind = conf.constant("input_layer", SubsamplingConfig.Kind.CONV2D);
    int width = conf.integer("output_size", 256);
    EncoderConfig encoder = encoder(conf, width);
    return new EncoderPlan(
        frontEnd(source),
        new SubsamplingConfig(kind, kind.convolutions() == 0 ? 0 : width),
        encoder,
        ctc(source),
        Names.espnet(encoder.blocks(), kind),
        Map.of());
  }

  private static EncoderConfig encoder(Settings conf, int width) throws IOException {
    Position position = position(conf);
    boolean normFirst = conf.flag("normalize_before", true);
    EncoderConfig.Convolution convolution =
        new EncoderConfig.Convolution(
            conf.integer("cnn_module_kernel", 31), ConvNorm.BATCH_NORM, false);
    return new EncoderConfig(
        conf.integer("num_blocks", 6),
        width,
        conf.integer("attention_heads", 4),
        conf.integer("linear_units", 2048),
        conf.flag("use_cnn_module", true) ? convolution : null,
        conf.flag("macaron_style", false),
        conf.constant("activation_type", Activation.SWISH),
        normFirst,
        NORM_EPS,
        normFirst,
        position,
        position != Position.NONE,
        AttentionMask.FULL);
  }

  private static Position position(Settings conf) throws ModelFormatException {
    String key = "pos_enc_layer_type";
    conf.only(key, "rel_pos", "abs_pos");
    conf.only("rel_pos_type", "legacy", "latest");
    if (conf.text(key, "rel_pos").equals("abs_pos")) {
      return Position.ABSOLUTE;
    }
    boolean latest = conf.text("rel_pos_type", "legacy").equals("latest");
    return latest ? Position.RELATIVE : Position.LEGACY;
  }

  private static ChosenFrontEnd frontEnd(EncoderSource source) throws IOException {
    Settings config = source.config();
    config.only("normalize", "global_mvn");
    Normalization normalization =
        config.has("normalize") ? Normalization.GLOBAL : Normalization.NONE;
    if (config.has("input_size")) { // features that were computed before training
      return ChosenFrontEnd.of(
          source.frontEnd(),
          Kind.KALDI_FBANK,
          new ChosenFrontEnd.Features(config.integer("input_size"), true, normalization),
          "input_size stands for Kaldi features");
    }
    config.only("frontend", "default");
    Settings frontend = config.section("frontend_conf");
    frontend.only("fs", 16_000, "16k");
    return ChosenFrontEnd.of(
        source.frontEnd(),
        Kind.LOG_MEL,
        new ChosenFrontEnd.Features(frontend.integer("n_mels", 80), false, normalization),
        "the nearest to ESPnet's own front end, which is not computed: expect worse results");
  }

  private static CtcConfig ctc(EncoderSource source) throws IOException {
    String weight = WenetFamily.CTC + ".weight";
    if (!source.has(weight)) {
      return null;
    }
    List<String> tokens = source.config().texts("token_list");
    int classes = source.rows(weight);
    if (tokens.size() != classes) {
      throw source
          .config()
          .error(
              "token_list", tokens.size() + " tokens, but the CTC head has " + classes + " rows");
    }
    return new CtcConfig(0, tokens);
  }
}

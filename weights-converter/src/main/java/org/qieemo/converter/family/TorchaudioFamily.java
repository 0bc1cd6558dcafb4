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
 * torchaudio.models.Conformer. torchaudio writes no configuration: {@code config.yaml} holds the
 * constructor's arguments, and what stands around the Conformer (see {@code docs/model-format.md}).
 * Stateless.
 */
final class TorchaudioFamily implements Family {
  private static final String FIRST = "conformer_layers.0.final_layer_norm.weight";
  private static final String MEAN = "conformer_layers.0.conv_module.sequential.3.running_mean";
  private static final String KERNEL = "depthwise_conv_kernel_size";
  private static final String STRIDE = "time_reduction_stride";
  private static final String INPUT = "input_linear";
  private static final String CTC = "ctc";
  private static final String GROUP_NORM = "use_group_norm";
  private static final String UNITS = "units.txt";
  private static final List<String> KEYS =
      List.of(
          "input_dim",
          "num_heads",
          "ffn_dim",
          "num_layers",
          KERNEL,
          "dropout",
          GROUP_NORM,
          "convolution_first",
          STRIDE,
          INPUT,
          CTC,
          "ctc_blank_id",
          "normalization");

  private static final float NORM_EPS = 1e-5f;

  @Override
  public String name() {
    return "torchaudio";
  }

  @Override
  public boolean recognizes(Settings config) {
    return config.has(KERNEL);
  }

  @Override
  public EncoderPlan plan(EncoderSource source) throws IOException {
    Settings config = source.config();
    for (String key : config.keys()) {
      if (!KEYS.contains(key)) { // a misspelt option would give other results
        throw config.error(key, "unknown, expected some of " + KEYS);
      }
    }
    String prefix = prefix(source);
    EncoderConfig encoder = encoder(source, prefix);
    SubsamplingConfig subsampling = subsampling(config);
    return new EncoderPlan(
        frontEnd(source, encoder, subsampling),
        subsampling,
        encoder,
        ctc(source),
        Names.torchaudio(encoder.blocks(), prefix, config.text(INPUT, ""), config.text(CTC, "")),
        Map.of());
  }

  /** What stands before {@code conformer_layers} in the checkpoint. */
  private static String prefix(EncoderSource source) throws ModelFormatException {
    List<String> found =
        source.checkpoint().tensors().keySet().stream()
            .filter(name -> name.equals(FIRST) || name.endsWith("." + FIRST))
            .toList();
    if (found.size() != 1) {
      throw new ModelFormatException(
          source.checkpoint().source(),
          ModelFormatException.NO_OFFSET,
          "expected one tensor "
              + FIRST
              + ", whatever stands before it, as torchaudio.models.Conformer has it, found "
              + (found.isEmpty() ? "none" : found));
    }
    return found.get(0).substring(0, found.get(0).length() - FIRST.length());
  }

  private static EncoderConfig encoder(EncoderSource source, String prefix) throws IOException {
    Settings config = source.config();
    boolean batchNorm = source.has(prefix + MEAN);
    if (config.flag(GROUP_NORM, !batchNorm) == batchNorm) {
      throw config.error(
          GROUP_NORM,
          "the checkpoint has "
              + (batchNorm ? "a batch norm's running_mean" : "no running_mean, as a group norm"));
    }
    EncoderConfig.Convolution convolution =
        new EncoderConfig.Convolution(
            config.integer(KERNEL),
            batchNorm ? ConvNorm.BATCH_NORM : ConvNorm.GROUP_NORM,
            false,
            config.flag("convolution_first", false));
    return new EncoderConfig(
        config.integer("num_layers"),
        config.integer("input_dim"),
        config.integer("num_heads"),
        config.integer("ffn_dim"),
        convolution,
        true,
        Activation.SWISH,
        true,
        NORM_EPS,
        false,
        Position.NONE,
        false,
        AttentionMask.FULL);
  }

  private static SubsamplingConfig subsampling(Settings config) throws IOException {
    if (!config.has(INPUT)) {
      config.only(STRIDE, 1);
      return new SubsamplingConfig(SubsamplingConfig.Kind.IDENTITY, 0);
    }
    return new SubsamplingConfig(SubsamplingConfig.Kind.STACK, 0, config.integer(STRIDE, 1));
  }

  private static ChosenFrontEnd frontEnd(
      EncoderSource source, EncoderConfig encoder, SubsamplingConfig subsampling)
      throws IOException {
    Settings config = source.config();
    config.only("normalization", "none", "per_feature", "per_feature_population");
    boolean stack = subsampling.kind() == SubsamplingConfig.Kind.STACK;
    int bins = stack ? stackedBins(source, subsampling.stride()) : encoder.width();
    return ChosenFrontEnd.of(
        source.frontEnd(),
        Kind.KALDI_FBANK,
        new ChosenFrontEnd.Features(
            bins, true, config.constant("normalization", Normalization.NONE)),
        "torchaudio does not say which features: Kaldi's filter bank, unless --frontend says other");
  }

  /** The linear layer's columns, divided by the frames that lie side by side. */
  private static int stackedBins(EncoderSource source, int stride) throws IOException {
    String weight = source.config().text(INPUT, "") + ".weight";
    int columns = source.columns(weight);
    if (columns % stride != 0) {
      throw source
          .config()
          .error(STRIDE, stride + " does not divide the " + columns + " columns of " + weight);
    }
    return columns / stride;
  }

  private static CtcConfig ctc(EncoderSource source) throws IOException {
    Settings config = source.config();
    if (!config.has(CTC)) {
      return null;
    }
    if (!source.hasFile(UNITS)) {
      throw TokenFile.error(
          source.bundle().name(), "units.txt is missing: lines of 'token id' for the CTC head");
    }
    int classes = source.rows(config.text(CTC, "") + ".weight");
    List<String> tokens = TokenFile.withIds(source.read(UNITS), source.fileName(UNITS), classes);
    return new CtcConfig(config.integer("ctc_blank_id", 0), tokens);
  }
}

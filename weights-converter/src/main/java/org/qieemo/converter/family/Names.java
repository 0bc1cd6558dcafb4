package org.qieemo.converter.family;

import static org.qieemo.weights.TensorNames.ATTENTION;
import static org.qieemo.weights.TensorNames.CONVOLUTION;
import static org.qieemo.weights.TensorNames.DEPTHWISE;
import static org.qieemo.weights.TensorNames.DEPTHWISE_NORM;
import static org.qieemo.weights.TensorNames.DOWN;
import static org.qieemo.weights.TensorNames.FFN;
import static org.qieemo.weights.TensorNames.FINAL_NORM;
import static org.qieemo.weights.TensorNames.KEY;
import static org.qieemo.weights.TensorNames.MACARON;
import static org.qieemo.weights.TensorNames.MEAN;
import static org.qieemo.weights.TensorNames.NORM;
import static org.qieemo.weights.TensorNames.OUT;
import static org.qieemo.weights.TensorNames.POINTWISE1;
import static org.qieemo.weights.TensorNames.POINTWISE2;
import static org.qieemo.weights.TensorNames.POSITION;
import static org.qieemo.weights.TensorNames.POSITION_BIAS_U;
import static org.qieemo.weights.TensorNames.POSITION_BIAS_V;
import static org.qieemo.weights.TensorNames.QUERY;
import static org.qieemo.weights.TensorNames.UP;
import static org.qieemo.weights.TensorNames.VALUE;
import static org.qieemo.weights.TensorNames.VAR;

import org.qieemo.weights.SubsamplingConfig;
import org.qieemo.weights.TensorNames;

/** The name tables of the families. */
final class Names {
  private Names() {}

  /** WeNet; conv2d6 and conv2d8 keep their projection elsewhere than conv2d. */
  static NameTable wenet(int blocks, SubsamplingConfig.Kind kind) {
    boolean linear =
        kind == SubsamplingConfig.Kind.CONV2D6 || kind == SubsamplingConfig.Kind.CONV2D8;
    return wenetLike(blocks, kind, linear ? ".linear" : ".out.0")
        .tensor(TensorNames.CMVN_MEAN, WenetFamily.CMVN_MEAN)
        .tensor(TensorNames.CMVN_ISTD, WenetFamily.CMVN_ISTD)
        .build();
  }

  /** ESPnet2: WeNet's names but for the projection and the statistics. */
  static NameTable espnet(int blocks, SubsamplingConfig.Kind kind) {
    return wenetLike(blocks, kind, ".out.0")
        .tensor(TensorNames.CMVN_MEAN, EspnetFamily.MEAN)
        .tensor(TensorNames.CMVN_ISTD, EspnetFamily.STD, Layout.RECIPROCAL)
        .build();
  }

  /**
   * What WeNet and ESPnet2 share.
   *
   * @param projection where {@code embed} keeps its projection: {@code .out.0} or {@code .linear}
   */
  private static NameTable.Builder wenetLike(
      int blocks, SubsamplingConfig.Kind kind, String projection) {
    NameTable.Builder table = new NameTable.Builder(blocks, "encoder.encoders.");
    table
        .module(TensorNames.SUBSAMPLING_NORM, "encoder.embed.out.1")
        .module(TensorNames.AFTER_NORM, "encoder.after_norm")
        .module(TensorNames.CTC, WenetFamily.CTC);
    subsampling(table, "encoder.embed", kind, projection);
    attention(table);
    return table
        .blockModule(MACARON + NORM, ".norm_ff_macaron")
        .blockModule(MACARON + UP, ".feed_forward_macaron.w_1")
        .blockModule(MACARON + DOWN, ".feed_forward_macaron.w_2")
        .blockModule(ATTENTION + NORM, ".norm_mha")
        .blockModule(CONVOLUTION + NORM, ".norm_conv")
        .blockModule(CONVOLUTION + POINTWISE1, ".conv_module.pointwise_conv1", Layout.POINTWISE)
        .blockModule(CONVOLUTION + DEPTHWISE, ".conv_module.depthwise_conv", Layout.DEPTHWISE)
        .blockModule(CONVOLUTION + DEPTHWISE_NORM, ".conv_module.norm")
        .blockTensor(CONVOLUTION + DEPTHWISE_NORM + MEAN, ".conv_module.norm.running_mean")
        .blockTensor(CONVOLUTION + DEPTHWISE_NORM + VAR, ".conv_module.norm.running_var")
        .blockModule(CONVOLUTION + POINTWISE2, ".conv_module.pointwise_conv2", Layout.POINTWISE)
        .blockModule(FFN + NORM, ".norm_ff")
        .blockModule(FFN + UP, ".feed_forward.w_1")
        .blockModule(FFN + DOWN, ".feed_forward.w_2")
        .blockModule(FINAL_NORM, ".norm_final");
  }

  /** NeMo. */
  static NameTable nemo(int blocks) {
    NameTable.Builder table = new NameTable.Builder(blocks, "encoder.layers.");
    table.module(TensorNames.CTC, NemoFamily.CTC, Layout.POINTWISE);
    subsampling(table, "encoder.pre_encode", SubsamplingConfig.Kind.STRIDING, ".out");
    attention(table);
    return table
        .blockModule(MACARON + NORM, ".norm_feed_forward1")
        .blockModule(MACARON + UP, ".feed_forward1.linear1")
        .blockModule(MACARON + DOWN, ".feed_forward1.linear2")
        .blockModule(ATTENTION + NORM, ".norm_self_att")
        .blockModule(CONVOLUTION + NORM, ".norm_conv")
        .blockModule(CONVOLUTION + POINTWISE1, ".conv.pointwise_conv1", Layout.POINTWISE)
        .blockModule(CONVOLUTION + DEPTHWISE, ".conv.depthwise_conv", Layout.DEPTHWISE)
        .blockModule(CONVOLUTION + DEPTHWISE_NORM, ".conv.batch_norm")
        .blockTensor(CONVOLUTION + DEPTHWISE_NORM + MEAN, ".conv.batch_norm.running_mean")
        .blockTensor(CONVOLUTION + DEPTHWISE_NORM + VAR, ".conv.batch_norm.running_var")
        .blockModule(CONVOLUTION + POINTWISE2, ".conv.pointwise_conv2", Layout.POINTWISE)
        .blockModule(FFN + NORM, ".norm_feed_forward2")
        .blockModule(FFN + UP, ".feed_forward2.linear1")
        .blockModule(FFN + DOWN, ".feed_forward2.linear2")
        .blockModule(FINAL_NORM, ".norm_out")
        .build();
  }

  /**
   * torchaudio; {@code sequential.N} are the numbers of layers with parameters.
   *
   * @param prefix of the Conformer in the checkpoint
   * @param input name of the linear layer before it, empty for none
   * @param ctc name of the linear layer behind it, empty for none
   */
  static NameTable torchaudio(int blocks, String prefix, String input, String ctc) {
    NameTable.Builder table = new NameTable.Builder(blocks, prefix + "conformer_layers.");
    if (!input.isEmpty()) {
      table.module(TensorNames.SUBSAMPLING_OUT, input);
    }
    if (!ctc.isEmpty()) {
      table.module(TensorNames.CTC, ctc);
    }
    packed(table, QUERY, Layout.PACKED_QUERY);
    packed(table, KEY, Layout.PACKED_KEY);
    packed(table, VALUE, Layout.PACKED_VALUE);
    return table
        .blockModule(MACARON + NORM, ".ffn1.sequential.0")
        .blockModule(MACARON + UP, ".ffn1.sequential.1")
        .blockModule(MACARON + DOWN, ".ffn1.sequential.4")
        .blockModule(ATTENTION + NORM, ".self_attn_layer_norm")
        .blockModule(ATTENTION + OUT, ".self_attn.out_proj")
        .blockModule(CONVOLUTION + NORM, ".conv_module.layer_norm")
        .blockModule(CONVOLUTION + POINTWISE1, ".conv_module.sequential.0", Layout.POINTWISE)
        .blockModule(CONVOLUTION + DEPTHWISE, ".conv_module.sequential.2", Layout.DEPTHWISE)
        .blockModule(CONVOLUTION + DEPTHWISE_NORM, ".conv_module.sequential.3")
        .blockTensor(CONVOLUTION + DEPTHWISE_NORM + MEAN, ".conv_module.sequential.3.running_mean")
        .blockTensor(CONVOLUTION + DEPTHWISE_NORM + VAR, ".conv_module.sequential.3.running_var")
        .blockModule(CONVOLUTION + POINTWISE2, ".conv_module.sequential.5", Layout.POINTWISE)
        .blockModule(FFN + NORM, ".ffn2.sequential.0")
        .blockModule(FFN + UP, ".ffn2.sequential.1")
        .blockModule(FFN + DOWN, ".ffn2.sequential.4")
        .blockModule(FINAL_NORM, ".final_layer_norm")
        .build();
  }

  /** One of three projections that lie in one tensor. */
  private static void packed(NameTable.Builder table, String canonical, Layout third) {
    table
        .blockTensor(ATTENTION + canonical + TensorNames.WEIGHT, ".self_attn.in_proj_weight", third)
        .blockTensor(ATTENTION + canonical + TensorNames.BIAS, ".self_attn.in_proj_bias", third);
  }

  private static void subsampling(
      NameTable.Builder table, String module, SubsamplingConfig.Kind kind, String projection) {
    for (int i = 0; i < kind.convolutions(); i++) { // a ReLU stands between two convolutions
      String source = module + ".conv." + 2 * i;
      table.module(TensorNames.subsamplingConv(i), source, Layout.CHANNELS_FIRST);
    }
    Layout layout = kind.convolutions() == 0 ? Layout.SAME : Layout.CHANNEL_MAJOR;
    table.module(TensorNames.SUBSAMPLING_OUT, module + projection, layout);
  }

  private static void attention(NameTable.Builder table) {
    table
        .blockModule(ATTENTION + QUERY, ".self_attn.linear_q")
        .blockModule(ATTENTION + KEY, ".self_attn.linear_k")
        .blockModule(ATTENTION + VALUE, ".self_attn.linear_v")
        .blockModule(ATTENTION + OUT, ".self_attn.linear_out")
        .blockTensor(ATTENTION + POSITION + TensorNames.WEIGHT, ".self_attn.linear_pos.weight")
        .blockTensor(ATTENTION + POSITION_BIAS_U, ".self_attn.pos_bias_u")
        .blockTensor(ATTENTION + POSITION_BIAS_V, ".self_attn.pos_bias_v");
  }
}

package org.qieemo.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.qieemo.kernels.PositionTerm;
import org.qieemo.weights.FusionConfig.CmaNorm;
import org.qieemo.weights.FusionConfig.CmaQuery;
import org.qieemo.weights.FusionConfig.Mmf;
import org.qieemo.weights.FusionConfig.PoolingKind;
import org.qieemo.weights.TensorSpec.Kind;

/**
 * Which tensors a model has, with shapes, from its configuration alone: the loader checks a file
 * against it, the converter writes by it. {@code docs/model-format.md} is its table for people.
 */
public final class TensorRegistry {
  private final ModelConfig config;
  private final List<TensorSpec> specs = new ArrayList<>();

  private TensorRegistry(ModelConfig config) {
    this.config = config;
  }

  /** The tensors of a model, in file order. */
  public static List<TensorSpec> of(ModelConfig config) {
    List<TensorSpec> all = new ArrayList<>();
    parts(config).forEach(all::addAll);
    return List.copyOf(all);
  }

  /**
   * The same, block by block, each made when it is asked for: a file may announce a thousand blocks
   * and hold none of them.
   */
  public static Iterable<List<TensorSpec>> parts(ModelConfig config) {
    List<Consumer<TensorRegistry>> parts = new ArrayList<>();
    parts.add(TensorRegistry::frontEnd);
    parts.add(TensorRegistry::subsampling);
    for (int i = 0; i < config.encoder().blocks(); i++) {
      String block = TensorNames.block(i);
      parts.add(registry -> registry.block(block));
    }
    parts.add(TensorRegistry::heads);
    if (config.fusion() != null) {
      fusion(config.fusion(), parts);
    }
    return () -> parts.stream().map(part -> specs(config, part)).iterator();
  }

  private static List<TensorSpec> specs(ModelConfig config, Consumer<TensorRegistry> part) {
    TensorRegistry registry = new TensorRegistry(config);
    part.accept(registry);
    return registry.specs;
  }

  private static void fusion(FusionConfig fusion, List<Consumer<TensorRegistry>> parts) {
    parts.add(registry -> registry.streams(fusion));
    for (CmaQuery stack : new CmaQuery[] {CmaQuery.EMOTION, CmaQuery.PPG}) {
      if (fusion.cma().has(stack)) {
        crossAttention(TensorNames.crossAttention(stack), fusion, parts);
      }
    }
    parts.add(registry -> registry.head(fusion));
  }

  private static void crossAttention(
      String stack, FusionConfig fusion, List<Consumer<TensorRegistry>> parts) {
    for (int j = 0; j < fusion.cma().layers(); j++) {
      String layer = TensorNames.layer(stack, j);
      parts.add(registry -> registry.crossAttentionLayer(layer, fusion));
    }
    if (fusion.cma().norm() == CmaNorm.PRE) {
      parts.add(registry -> registry.norm(stack + TensorNames.FINAL_NORM, fusion.width()));
    }
  }

  private void frontEnd() {
    if (config.frontEnd().normalization() == FrontEndConfig.Normalization.GLOBAL) {
      vector(TensorNames.CMVN_MEAN, config.frontEnd().melBins());
      vector(TensorNames.CMVN_ISTD, config.frontEnd().melBins());
    }
  }

  private void subsampling() {
    SubsamplingConfig sub = config.subsampling();
    int width = config.encoder().width();
    int bins = config.frontEnd().melBins();
    switch (sub.kind()) {
      case IDENTITY -> {}
      case STACK ->
          linear(TensorNames.SUBSAMPLING_OUT, width, Math.multiplyExact(sub.stride(), bins));
      case LINEAR -> {
        linear(TensorNames.SUBSAMPLING_OUT, width, bins);
        norm(TensorNames.SUBSAMPLING_NORM, width);
      }
      default -> convolutions(sub, width, bins);
    }
  }

  private void convolutions(SubsamplingConfig sub, int width, int bins) {
    for (int i = 0; i < sub.kind().convolutions(); i++) {
      int k = sub.kind().kernel(i);
      String name = TensorNames.subsamplingConv(i);
      int inputs = i == 0 ? 1 : sub.channels();
      matrix(name + TensorNames.WEIGHT, sub.channels(), k, k, inputs);
      vector(name + TensorNames.BIAS, sub.channels());
    }
    linear(TensorNames.SUBSAMPLING_OUT, width, sub.outputBins(bins) * sub.channels());
  }

  private void block(String block) {
    EncoderConfig encoder = config.encoder();
    int d = encoder.width();
    if (encoder.macaron()) {
      feedForward(block + TensorNames.MACARON);
    }
    attention(block + TensorNames.ATTENTION);
    if (encoder.convolution() != null) {
      convolution(block + TensorNames.CONVOLUTION, encoder.convolution());
    }
    feedForward(block + TensorNames.FFN);
    if (encoder.convolution() != null) {
      norm(block + TensorNames.FINAL_NORM, d);
    }
  }

  private void feedForward(String module) {
    EncoderConfig encoder = config.encoder();
    norm(module + TensorNames.NORM, encoder.width());
    linear(module + TensorNames.UP, encoder.ffnWidth(), encoder.width());
    linear(module + TensorNames.DOWN, encoder.width(), encoder.ffnWidth());
  }

  private void attention(String module) {
    EncoderConfig encoder = config.encoder();
    int d = encoder.width();
    norm(module + TensorNames.NORM, d);
    projections(module, d);
    if (encoder.position().term() != PositionTerm.NONE) {
      matrix(module + TensorNames.POSITION + TensorNames.WEIGHT, d, d);
      vector(module + TensorNames.POSITION_BIAS_U, encoder.heads(), d / encoder.heads());
      vector(module + TensorNames.POSITION_BIAS_V, encoder.heads(), d / encoder.heads());
    }
  }

  private void projections(String module, int width) {
    linear(module + TensorNames.QUERY, width, width);
    linear(module + TensorNames.KEY, width, width);
    linear(module + TensorNames.VALUE, width, width);
    linear(module + TensorNames.OUT, width, width);
  }

  private void convolution(String module, EncoderConfig.Convolution convolution) {
    int d = config.encoder().width();
    norm(module + TensorNames.NORM, d);
    linear(module + TensorNames.POINTWISE1, 2 * d, d);
    vector(module + TensorNames.DEPTHWISE + TensorNames.WEIGHT, d, convolution.kernel());
    vector(module + TensorNames.DEPTHWISE + TensorNames.BIAS, d);
    norm(module + TensorNames.DEPTHWISE_NORM, d);
    if (convolution.norm() == EncoderConfig.ConvNorm.BATCH_NORM) {
      vector(module + TensorNames.DEPTHWISE_NORM + TensorNames.MEAN, d);
      vector(module + TensorNames.DEPTHWISE_NORM + TensorNames.VAR, d);
    }
    linear(module + TensorNames.POINTWISE2, d, d);
  }

  private void heads() {
    int d = config.encoder().width();
    if (config.encoder().afterNorm()) {
      norm(TensorNames.AFTER_NORM, d);
    }
    if (config.ctc() != null) {
      linear(TensorNames.CTC, config.ctc().vocabulary(), d);
    }
  }

  private void streams(FusionConfig fusion) {
    int w = fusion.width();
    if (fusion.taps().blocks().size() > 1) {
      vector(TensorNames.TAPS, fusion.taps().blocks().size());
    }
    if (fusion.usesPpg()) {
      linear(TensorNames.PPG_PROJ, w, config.ppgColumns());
      norm(TensorNames.PPG_NORM, w);
    }
    linear(TensorNames.EMOTION_PROJ, w, config.encoder().width());
    norm(TensorNames.EMOTION_NORM, w);
    if (fusion.mmf() == Mmf.CONCAT || fusion.mmf() == Mmf.GATED) {
      linear(TensorNames.MMF_PROJ, w, 2 * w);
    }
    if (fusion.mmf() != Mmf.OFF) {
      norm(TensorNames.MMF_NORM, w);
    }
  }

  private void crossAttentionLayer(String layer, FusionConfig fusion) {
    int w = fusion.width();
    int f = fusion.cma().ffnWidth();
    projections(layer, w);
    norm(layer + TensorNames.NORM1, w);
    linear(layer + TensorNames.UP, f, w);
    linear(layer + TensorNames.DOWN, w, f);
    norm(layer + TensorNames.NORM2, w);
  }

  private void head(FusionConfig fusion) {
    if (fusion.pooling().kind() == PoolingKind.ATTENTIVE) {
      int a = fusion.pooling().attentionWidth();
      linear(TensorNames.POOLING_HIDDEN, a, fusion.fusedWidth());
      matrix(TensorNames.POOLING_SCORE + TensorNames.WEIGHT, 1, a);
    }
    linear(TensorNames.HEAD, fusion.labels().size(), fusion.headInputs());
  }

  private void linear(String name, int outputs, int inputs) {
    matrix(name + TensorNames.WEIGHT, outputs, inputs);
    vector(name + TensorNames.BIAS, outputs);
  }

  private void norm(String name, int width) {
    vector(name + TensorNames.WEIGHT, width);
    vector(name + TensorNames.BIAS, width);
  }

  private void matrix(String name, int... shape) {
    specs.add(new TensorSpec(name, shape, Kind.MATRIX));
  }

  private void vector(String name, int... shape) {
    specs.add(new TensorSpec(name, shape, Kind.VECTOR));
  }
}

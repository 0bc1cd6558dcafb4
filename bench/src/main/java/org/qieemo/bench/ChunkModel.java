package org.qieemo.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.qieemo.converter.gguf.GgufWriter;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.AttentionMask;
import org.qieemo.kernels.HostTensor;
import org.qieemo.weights.CtcConfig;
import org.qieemo.weights.EncoderConfig;
import org.qieemo.weights.FrontEndConfig;
import org.qieemo.weights.FusionConfig;
import org.qieemo.weights.ModelConfig;
import org.qieemo.weights.ModelInfo;
import org.qieemo.weights.ModelMetadata;
import org.qieemo.weights.SubsamplingConfig;
import org.qieemo.weights.TensorRegistry;
import org.qieemo.weights.TensorSpec;

/**
 * A model that hears chunks, of the size of WeNet's U2++ base: 12 blocks of width 256, causal
 * convolutions, chunks of 16 frames (0.64 s) and all before, of which a stream keeps 30 s. Its
 * weights are random: it is for timing.
 */
final class ChunkModel {
  private static final int TOKENS = 1000;

  private ChunkModel() {}

  /** Writes it. */
  static void write(Path file) throws IOException {
    ModelConfig config = config();
    List<TensorSpec> specs = TensorRegistry.of(config);
    Random random = new Random(1);
    try (GgufWriter writer = new GgufWriter(file, ModelMetadata.write(config), specs)) {
      for (TensorSpec spec : specs) {
        writer.add(HostTensor.of(spec.name(), spec.shape(), values(spec, random)));
      }
      writer.finish();
    }
  }

  /** Of a size that keeps activations in bounds; variances are 1. */
  private static float[] values(TensorSpec spec, Random random) {
    int count = 1;
    for (int size : spec.shape()) {
      count *= size;
    }
    boolean variance = spec.name().endsWith(".var") || spec.name().endsWith("norm.weight");
    double scale = 1 / Math.sqrt(spec.rowLength());
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = variance ? 1 : (float) (scale * random.nextGaussian());
    }
    return values;
  }

  private static ModelConfig config() {
    List<String> tokens = new ArrayList<>(List.of("<blank>"));
    for (int i = 1; i < TOKENS; i++) {
      tokens.add("t" + i);
    }
    return new ModelConfig(
        new ModelInfo("chunks", "CC0-1.0", "random weights", ""),
        new FrontEndConfig(
            FrontEndConfig.Kind.KALDI_FBANK,
            16_000,
            80,
            true,
            32_768f,
            FrontEndConfig.Normalization.NONE),
        new SubsamplingConfig(SubsamplingConfig.Kind.CONV2D, 256),
        encoder(),
        new CtcConfig(0, tokens),
        fusion());
  }

  private static EncoderConfig encoder() {
    return new EncoderConfig(
        12,
        256,
        4,
        2048,
        new EncoderConfig.Convolution(15, EncoderConfig.ConvNorm.LAYER_NORM, true),
        true,
        Activation.SWISH,
        true,
        1e-5f,
        true,
        EncoderConfig.Position.WENET,
        true,
        new AttentionMask(16, -1));
  }

  private static FusionConfig fusion() {
    return new FusionConfig(
        List.of("anger", "happiness", "neutral", "sadness"),
        256,
        new FusionConfig.Taps(List.of(6), false),
        new FusionConfig.Ppg(FusionConfig.PpgForm.PROB, true),
        FusionConfig.Mmf.CONCAT,
        FusionConfig.Cma.NONE,
        new FusionConfig.PoolingConfig(FusionConfig.PoolingKind.MEAN_LOGIT, 0),
        FusionConfig.Calibration.NONE);
  }
}

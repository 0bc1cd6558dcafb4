package org.qieemo.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.AttentionMask;
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
 * Model files of a few kilobytes with random weights, written as GGUF without the project's own
 * writer.
 */
public final class TinyModel {
  static final List<String> LABELS = List.of("anger", "joy", "sadness \"quoted\"");
  static final int MEL_BINS = 40;
  static final int WIDTH = 16;
  static final int BLOCKS = 2;
  static final List<String> TOKENS = List.of("<blank>", "\u2581da", "a", "b", "<sos/eos>");

  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;
  private static final int ALIGNMENT = 32;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private TinyModel() {}

  /** Classifies and transcribes. */
  public static Path whole(Path file) throws IOException {
    return write(file, config(true, true, AttentionMask.FULL));
  }

  /** The same, but hearing chunks of two frames and all before: it streams with caches. */
  public static Path streaming(Path file) throws IOException {
    return write(file, config(true, true, new AttentionMask(2, -1)));
  }

  /** So many channels in the subsampling, and chunks as the mask says. */
  public static Path streaming(Path file, int channels, AttentionMask mask) throws IOException {
    return write(file, config(true, true, mask, channels));
  }

  /** An encoder with a CTC head. */
  static Path withoutEmotion(Path file) throws IOException {
    return write(file, config(false, true, AttentionMask.FULL));
  }

  /** An emotion head on one block. */
  static Path withoutCtc(Path file) throws IOException {
    return write(file, config(true, false, AttentionMask.FULL));
  }

  private static ModelConfig config(boolean emotion, boolean ctc, AttentionMask mask) {
    return config(emotion, ctc, mask, 4);
  }

  private static ModelConfig config(
      boolean emotion, boolean ctc, AttentionMask mask, int channels) {
    return new ModelConfig(
        new ModelInfo("tiny", "CC0-1.0", "random weights", ""),
        new FrontEndConfig(
            FrontEndConfig.Kind.KALDI_FBANK,
            16_000,
            MEL_BINS,
            true,
            32_768f,
            FrontEndConfig.Normalization.NONE),
        new SubsamplingConfig(SubsamplingConfig.Kind.CONV2D, channels),
        encoder(mask),
        ctc ? new CtcConfig(0, TOKENS) : null,
        emotion ? fusion(ctc) : null);
  }

  private static EncoderConfig encoder(AttentionMask mask) {
    return new EncoderConfig(
        BLOCKS,
        WIDTH,
        2,
        32,
        new EncoderConfig.Convolution(7, EncoderConfig.ConvNorm.BATCH_NORM, mask.chunk() > 0),
        true,
        Activation.SWISH,
        true,
        1e-5f,
        true,
        EncoderConfig.Position.WENET,
        true,
        mask);
  }

  private static FusionConfig fusion(boolean ctc) {
    return new FusionConfig(
        LABELS,
        8,
        new FusionConfig.Taps(List.of(1), false),
        new FusionConfig.Ppg(FusionConfig.PpgForm.PROB, true),
        ctc ? FusionConfig.Mmf.CONCAT : FusionConfig.Mmf.OFF,
        ctc
            ? new FusionConfig.Cma(
                FusionConfig.CmaQuery.EMOTION, 1, 2, 16, FusionConfig.CmaNorm.POST)
            : FusionConfig.Cma.NONE,
        new FusionConfig.PoolingConfig(FusionConfig.PoolingKind.MEAN_LOGIT, 0),
        FusionConfig.Calibration.NONE);
  }

  private static Path write(Path file, ModelConfig config) throws IOException {
    return Files.write(file, new TinyModel().gguf(config));
  }

  private byte[] gguf(ModelConfig config) {
    List<TensorSpec> specs = TensorRegistry.of(config);
    Map<String, Object> metadata = ModelMetadata.write(config);
    bytes.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    int32(3);
    int64(specs.size());
    int64(metadata.size());
    metadata.forEach(this::keyAndValue);
    long offset = 0;
    for (TensorSpec spec : specs) {
      tensorInfo(spec, offset);
      offset += align(4L * elements(spec));
    }
    pad();
    Random random = new Random(7);
    for (TensorSpec spec : specs) {
      for (int i = 0; i < elements(spec); i++) {
        int32(Float.floatToIntBits(value(spec, random)));
      }
      pad();
    }
    return bytes.toByteArray();
  }

  /** Random but for variances, which are 1. */
  private static float value(TensorSpec spec, Random random) {
    return spec.name().endsWith(".var") ? 1 : (float) random.nextGaussian() * 0.3f;
  }

  private static int elements(TensorSpec spec) {
    return Arrays.stream(spec.shape()).reduce(1, Math::multiplyExact);
  }

  private static long align(long size) {
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private void tensorInfo(TensorSpec spec, long offset) {
    int[] shape = spec.shape();
    string(spec.name());
    int32(shape.length);
    for (int i = shape.length - 1; i >= 0; i--) {
      int64(shape[i]);
    }
    int32(0); // F32
    int64(offset);
  }

  private void keyAndValue(String key, Object value) {
    string(key);
    int32(type(value));
    if (value instanceof List<?> list) {
      int32(type(list.get(0)));
      int64(list.size());
      list.forEach(this::value);
    } else {
      value(value);
    }
  }

  private static int type(Object value) {
    if (value instanceof Integer i) {
      return i < 0 ? INT32 : UINT32;
    }
    if (value instanceof Float) {
      return FLOAT32;
    }
    if (value instanceof Boolean) {
      return BOOL;
    }
    return value instanceof String ? STRING : ARRAY;
  }

  private void value(Object value) {
    if (value instanceof Integer i) {
      int32(i);
    } else if (value instanceof Float f) {
      int32(Float.floatToIntBits(f));
    } else if (value instanceof Boolean b) {
      bytes.write(b ? 1 : 0);
    } else {
      string((String) value);
    }
  }

  private void string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int64(utf8.length);
    bytes.writeBytes(utf8);
  }

  private void int32(int value) {
    bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private void int64(long value) {
    bytes.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  private void pad() {
    while (bytes.size() % ALIGNMENT != 0) {
      bytes.write(0);
    }
  }
}

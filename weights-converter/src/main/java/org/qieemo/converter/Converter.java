package org.qieemo.converter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.qieemo.FormatException;
import org.qieemo.ModelFormatException;
import org.qieemo.converter.family.EncoderPlan;
import org.qieemo.converter.family.EncoderSource;
import org.qieemo.converter.family.Families;
import org.qieemo.converter.family.Family;
import org.qieemo.converter.family.FusionReader;
import org.qieemo.converter.output.AtomicFile;
import org.qieemo.converter.source.Checkpoint;
import org.qieemo.converter.source.SourceTensor;
import org.qieemo.weights.FusionConfig;
import org.qieemo.weights.ModelConfig;
import org.qieemo.weights.ModelInfo;

/**
 * Converts checkpoints to model files. Nothing in a checkpoint is executed, and the network is
 * never touched. The same input with the same options gives the same bytes. Stateless and
 * thread-safe.
 */
public final class Converter {
  private Converter() {}

  /** What the source files describe. */
  record Model(Family family, EncoderPlan plan, ModelConfig config, Checkpoint weights) {}

  /**
   * Converts a model.
   *
   * @throws ModelFormatException if a file is damaged or unsupported, or tensors are missing or
   *     misshapen; the message names the file or tensor, what was expected and what was found
   * @throws IOException if a file cannot be read or written; no half-written output stays behind
   */
  public static ConversionReport convert(ConversionRequest request, ConversionListener listener)
      throws IOException {
    checkOutput(request);
    try (ModelFiles files = ModelFiles.open(request.source(), request.options())) {
      Model model = describe(files, request.options());
      return new ModelAssembler(model, request, listener).write();
    }
  }

  private static void checkOutput(ConversionRequest request) throws IOException {
    Path output = request.output();
    try {
      AtomicFile.requireWritable(output);
    } catch (IOException e) {
      throw problem(output.toString(), e.getMessage());
    }
    if (Files.exists(output) && Files.isSameFile(request.source(), output)) {
      throw problem(output.toString(), "is the source itself: name another file to write");
    }
  }

  private static Model describe(ModelFiles files, ConvertOptions options) throws IOException {
    Checkpoint checkpoint = files.checkpoint();
    EncoderSource source =
        new EncoderSource(
            checkpoint, files.encoderConfig(), files.bundle(), options.frontEnd().kind());
    Family family = Families.of(source.config());
    try {
      EncoderPlan plan = family.plan(source);
      FusionReader reader = files.fusionReader();
      ModelInfo info = reader == null ? ModelInfo.UNKNOWN : reader.info();
      FusionConfig fusion = reader == null ? null : reader.fusion();
      ModelConfig config =
          new ModelConfig(
              info,
              plan.frontEnd().config(),
              plan.subsampling(),
              plan.encoder(),
              plan.ctc(),
              fusion);
      Checkpoint head = reader == null ? null : files.headCheckpoint();
      return new Model(family, plan, config, all(checkpoint, plan, head));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw problem(source.config().source(), e.getMessage());
    }
  }

  /** All tensors; those of the head's file come last. */
  private static Checkpoint all(Checkpoint checkpoint, EncoderPlan plan, Checkpoint head)
      throws ModelFormatException {
    Map<String, SourceTensor> tensors = new LinkedHashMap<>(checkpoint.tensors());
    tensors.putAll(plan.extra());
    if (head != null) {
      for (Map.Entry<String, SourceTensor> entry : head.tensors().entrySet()) {
        if (tensors.putIfAbsent(entry.getKey(), entry.getValue()) != null) {
          throw problem(
              head.source(), "tensor " + entry.getKey() + " is in " + checkpoint.source() + " too");
        }
      }
    }
    return new Checkpoint(checkpoint.source(), tensors);
  }

  static ModelFormatException problem(String source, String reason) {
    return new ModelFormatException(source, FormatException.NO_OFFSET, reason);
  }
}

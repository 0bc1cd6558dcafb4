package org.qieemo.parity;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.qieemo.audio.FrontEnd;
import org.qieemo.cuda.CudaUnderTest;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.model.EmotionLogits;
import org.qieemo.model.EncoderStream;
import org.qieemo.model.FeatureBatch;
import org.qieemo.model.Forward;
import org.qieemo.model.Qieemo;
import org.qieemo.opencl.OpenCl;
import org.qieemo.weights.FrontEndConfig.Normalization;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelConfig;
import org.qieemo.weights.ModelFile;
import org.qieemo.weights.TensorNames;

/** A model on chosen CPU kernels, OpenCL or CUDA, below the API: features in, every layer out. */
final class LoadedModel implements AutoCloseable {
  private static final String KERNELS = "qieemo.cpu.kernels";

  private final Backend backend;
  private final Forward forward;
  private final FrontEnd frontEnd;
  final Qieemo model;

  /** What a run gave: layers by name, row-major, and the result of classifying. */
  record Heard(Map<String, float[]> layers, EmotionLogits logits) {}

  LoadedModel(Path gguf, String kernels, int threads) throws IOException {
    ModelFile file = ModelFile.of(GgufReader.read(gguf));
    backend = open(kernels, threads);
    model = new Qieemo(backend, file);
    forward = new Forward(backend);
    boolean global = config().frontEnd().normalization() == Normalization.GLOBAL;
    frontEnd =
        new FrontEnd(
            config().frontEnd(),
            global ? file.tensor(TensorNames.CMVN_MEAN).toFloats() : null,
            global ? file.tensor(TensorNames.CMVN_ISTD).toFloats() : null);
  }

  private static Backend open(String kernels, int threads) {
    if (kernels.equals(OpenCl.NAME) || kernels.equals(CudaUnderTest.NAME)) {
      return Backends.open(kernels, BackendOptions.DEFAULT);
    }
    String before = System.getProperty(KERNELS);
    System.setProperty(KERNELS, kernels);
    try {
      return Backends.open("cpu", new BackendOptions(threads));
    } finally {
      if (before == null) {
        System.clearProperty(KERNELS);
      } else {
        System.setProperty(KERNELS, before);
      }
    }
  }

  ModelConfig config() {
    return model.config();
  }

  /** Features behind CMVN or per-feature normalisation; a copy. */
  float[] normalize(float[] features) {
    float[] normalized = features.clone();
    frontEnd.normalize(normalized);
    return normalized;
  }

  FeatureBatch batch(float[]... normalized) {
    return new FeatureBatch(List.of(normalized), config().frontEnd().melBins());
  }

  /** Runs everything that the model can do on one utterance and keeps every layer. */
  Heard hear(float[] normalized) {
    Map<String, float[]> layers = new TreeMap<>();
    layers.put("features_normalized", normalized);
    forward.listen(
        (name, tensor, execution) -> {
          float[] values = new float[tensor.rows() * tensor.cols()];
          execution.read(tensor, values, 0);
          layers.put(name, values);
        });
    FeatureBatch batch = batch(normalized);
    if (config().ctc() != null) {
      model.ctcLogits(forward, batch);
    }
    EmotionLogits logits = config().fusion() == null ? null : model.classify(forward, batch);
    forward.listen(null);
    return new Heard(layers, logits);
  }

  EmotionLogits classify(float[]... normalized) {
    return classify(batch(normalized));
  }

  EmotionLogits classify(FeatureBatch batch) {
    return model.classify(forward, batch);
  }

  EmotionLogits classifyFrames(List<float[]> stretches) {
    return model.classifyFrames(forward, stretches);
  }

  /** A stream on buffers of its own. */
  EncoderStream openStream(int history) {
    return model.openStream(new Forward(backend), history);
  }

  @Override
  public void close() {
    forward.close();
    backend.close();
  }
}

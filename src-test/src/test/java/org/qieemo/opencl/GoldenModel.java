package org.qieemo.opencl;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.qieemo.audio.FrontEnd;
import org.qieemo.converter.ConversionListener;
import org.qieemo.converter.ConversionRequest;
import org.qieemo.converter.ConvertOptions;
import org.qieemo.converter.Converter;
import org.qieemo.converter.FrontEndChoice;
import org.qieemo.converter.WeightType;
import org.qieemo.kernels.Backend;
import org.qieemo.model.FeatureBatch;
import org.qieemo.model.Forward;
import org.qieemo.model.Qieemo;
import org.qieemo.support.GoldenTensors;
import org.qieemo.support.Repository;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelFile;
import org.qieemo.weights.TensorNames;

/**
 * A golden case whose model has every kind of op but a few: convolutions, relative positions, MMF
 * and CMA.
 *
 * @param file the converted model
 * @param features a batch of two utterances of different lengths
 */
public record GoldenModel(ModelFile file, FeatureBatch features) {
  public static GoldenModel load(Path folder) throws IOException {
    Path golden = Repository.goldens().resolve("cma-both");
    Path gguf = folder.resolve("golden.gguf");
    ConvertOptions options = new ConvertOptions(WeightType.F32, null, FrontEndChoice.AUTO);
    Converter.convert(new ConversionRequest(golden, gguf, options), ConversionListener.SILENT);
    ModelFile file = ModelFile.of(GgufReader.read(gguf));
    float[] features =
        GoldenTensors.read(golden.resolve("golden.safetensors")).get("features").floats();
    FrontEnd frontEnd =
        new FrontEnd(
            file.config().frontEnd(),
            file.tensor(TensorNames.CMVN_MEAN).toFloats(),
            file.tensor(TensorNames.CMVN_ISTD).toFloats());
    frontEnd.normalize(features);
    int bins = file.config().frontEnd().melBins();
    int half = features.length / bins / 2 * bins;
    float[] first = java.util.Arrays.copyOf(features, half);
    return new GoldenModel(file, new FeatureBatch(List.of(first, features), bins));
  }

  /** Prepares the model on a back end and hears the batch once. */
  public float[] hear(Backend backend) {
    Qieemo model = new Qieemo(backend, file);
    return hear(backend, model);
  }

  /** Hears the batch with buffers of its own: the logits of both utterances. */
  public float[] hear(Backend backend, Qieemo model) {
    try (Forward forward = new Forward(backend)) {
      var logits = model.classify(forward, features);
      float[] first = logits.utterance(0);
      float[] both = java.util.Arrays.copyOf(first, 2 * first.length);
      System.arraycopy(logits.utterance(1), 0, both, first.length, first.length);
      return both;
    }
  }
}

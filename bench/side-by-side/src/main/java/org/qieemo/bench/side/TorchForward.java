package org.qieemo.bench.side;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;

/** libtorch through DJL, running a traced and frozen module. */
final class TorchForward implements ForwardEngine {
  private final Model model;
  private final Predictor<NDList, NDList> predictor;
  private final int bins;

  TorchForward(Path module, int bins, int threads) throws IOException {
    this.bins = bins;
    // no network: the natives lie in the jars
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    model = Model.newInstance("model", "PyTorch");
    JniUtils.setNumThreads(threads);
    try {
      model.load(module.toAbsolutePath().getParent(), "model");
    } catch (MalformedModelException e) {
      throw new IOException(e);
    }
    predictor = model.newPredictor(new NoopTranslator());
  }

  @Override
  public float[] logits(float[] features) {
    try (NDManager scope = model.getNDManager().newSubManager()) {
      NDArray input = scope.create(features, new Shape(1, features.length / bins, bins));
      try (NDList output = predictor.predict(new NDList(input))) {
        return output.singletonOrThrow().toFloatArray();
      }
    } catch (TranslateException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    predictor.close();
    model.close();
  }
}

package org.qieemo.bench.side;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.model.FeatureBatch;
import org.qieemo.model.Forward;
import org.qieemo.model.Qieemo;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelFile;

/** This project's engine on the CPU, below its API: features instead of audio. */
final class QieemoForward implements ForwardEngine {
  private static final String KERNELS = "qieemo.cpu.kernels";

  private final Backend backend;
  private final Qieemo model;
  private final Forward forward;
  private final int bins;

  /**
   * @param kernels {@code vector} or {@code plain}
   */
  QieemoForward(Path gguf, int bins, String kernels, int threads) throws IOException {
    this.bins = bins;
    System.setProperty(KERNELS, kernels);
    try {
      backend = Backends.open("cpu", new BackendOptions(threads));
    } finally {
      System.clearProperty(KERNELS);
    }
    model = new Qieemo(backend, ModelFile.of(GgufReader.read(gguf)));
    forward = new Forward(backend);
  }

  @Override
  public float[] logits(float[] features) {
    return model.classify(forward, new FeatureBatch(List.of(features), bins)).utterance(0);
  }

  @Override
  public void close() {
    forward.close();
    backend.close();
  }
}

package org.qieemo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.qieemo.kernels.Backend;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelFile;

/** Recognizers on back ends of a test's own. */
public final class Recognizers {
  private Recognizers() {}

  /**
   * Prepares a model file on a back end, which is closed with the recognizer.
   *
   * @param options its back end says whether the recognizer may move on to the CPU
   */
  public static EmotionRecognizer on(Path gguf, Backend backend, RecognizerOptions options)
      throws IOException {
    ModelFile file = ModelFile.of(GgufReader.read(gguf));
    return new EmotionRecognizer(file, options, ModelOnBackend.on(backend, file, List.of()));
  }
}

package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qieemo.EmotionRecognizer;
import org.qieemo.RecognizerOptions;
import org.qieemo.kernels.BackendProvider;
import org.qieemo.kernels.Backends;

/** The options that choose a model and what runs it. */
final class ModelOptions {
  static final Option MODEL =
      Option.text("--model", "M", "model file (.gguf); default: the embedded model");
  static final Option THREADS =
      Option.number("--threads", "CPU threads, 1 to 1024; default: all processors", 1, 1024);
  static final Option BACKEND =
      Option.choice(
          "--backend",
          "auto|cpu",
          "what runs the model, see 'qieemo doctor'; default: auto",
          ModelOptions::backends);

  private ModelOptions() {}

  /** Loads the model. */
  static EmotionRecognizer open(Arguments arguments) throws IOException {
    RecognizerOptions options =
        RecognizerOptions.DEFAULT
            .withBackend(arguments.get(BACKEND.name(), Backends.AUTO))
            .withThreads(Integer.parseInt(arguments.get(THREADS.name(), "0")));
    String model = arguments.get(MODEL.name(), null);
    try {
      return model == null
          ? EmotionRecognizer.embedded(options)
          : EmotionRecognizer.open(Path.of(model), options);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw new FileFailure(model == null ? "embedded model" : model, e);
    }
  }

  private static List<String> backends() {
    List<String> names = new ArrayList<>(List.of(Backends.AUTO));
    Backends.providers().stream().map(BackendProvider::name).forEach(names::add);
    return names;
  }
}

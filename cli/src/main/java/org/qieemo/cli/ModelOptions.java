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

  /** Loads the model that the command line names. */
  static EmotionRecognizer open(Arguments arguments) throws IOException {
    return open(arguments, arguments.get(MODEL.name(), null));
  }

  /** Loads a model file, or the embedded model for null, to run as the command line says. */
  static EmotionRecognizer open(Arguments arguments, String model) throws IOException {
    return open(arguments, model, Integer.parseInt(arguments.get(THREADS.name(), "0")));
  }

  /** CPU threads that the command line allows. */
  static int threads(Arguments arguments) {
    String all = String.valueOf(Runtime.getRuntime().availableProcessors());
    return Integer.parseInt(arguments.get(THREADS.name(), all));
  }

  /** As {@link #open(Arguments, String)} with so many threads per call. */
  static EmotionRecognizer open(Arguments arguments, String model, int threads)
      throws IOException {
    RecognizerOptions options =
        RecognizerOptions.DEFAULT
            .withBackend(arguments.get(BACKEND.name(), Backends.AUTO))
            .withThreads(threads);
    try {
      return model == null
          ? EmotionRecognizer.embedded(options)
          : EmotionRecognizer.open(Path.of(model), options);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw new FileFailure(name(model), e);
    }
  }

  /** What a model is called in messages. */
  static String name(String model) {
    return model == null ? "embedded model" : model;
  }

  private static List<String> backends() {
    List<String> names = new ArrayList<>(List.of(Backends.AUTO));
    Backends.providers().stream().map(BackendProvider::name).forEach(names::add);
    return names;
  }
}

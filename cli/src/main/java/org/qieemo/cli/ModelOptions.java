package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.qieemo.EmotionRecognizer;
import org.qieemo.RecognizerOptions;
import org.qieemo.kernels.BackendProvider;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Precision;

/** The options that choose a model and what runs it. */
final class ModelOptions {
  static final Option MODEL =
      Option.text("--model", "M", "model file (.gguf); default: the embedded model");
  static final Option THREADS =
      Option.number("--threads", "CPU threads, 1 to 1024; default: all processors", 1, 1024);
  static final Option BACKEND =
      new Option(
          "--backend",
          "auto|cpu|opencl",
          "what runs the model, see 'qieemo doctor'; default: auto",
          false,
          ModelOptions::wrongBackend);
  static final Option DEVICE =
      Option.text("--device", "D", "device of --backend opencl: index or part of the name");

  static final Option PRECISION =
      Option.choice(
          "--precision",
          "f32|f16|bf16",
          "factors of matrix products on a GPU; default: f32",
          () -> Arrays.stream(Precision.values()).map(Precision::text).toList());

  /** What runs a model, and how. */
  static final List<Option> RUN = List.of(THREADS, BACKEND, DEVICE, PRECISION);

  private ModelOptions() {}

  /**
   * Loads the model that the command line names, for the recordings that are its operands; warnings
   * of its back end are printed.
   */
  static EmotionRecognizer open(Arguments arguments, Console console) throws IOException {
    return open(arguments, arguments.operands(), given(arguments), console);
  }

  /**
   * As {@link #open(Arguments, Console)} for other recordings.
   *
   * @param threads CPU threads of one call
   */
  static EmotionRecognizer open(
      Arguments arguments, List<String> recordings, int threads, Console console)
      throws IOException {
    double seconds = Recordings.seconds(recordings);
    String model = arguments.get(MODEL.name(), null);
    RecognizerOptions options = options(arguments).withExpectedSeconds(seconds);
    return open(model, options.withThreads(threads).withWarnings(printer(console)));
  }

  /** Loads a model file, or the embedded model for null, to run as the command line says. */
  static EmotionRecognizer open(Arguments arguments, String model, Console console)
      throws IOException {
    return open(model, options(arguments).withWarnings(printer(console)));
  }

  /** As {@link #open(Arguments, String, Console)} to look into a model that is not run yet. */
  static EmotionRecognizer look(Arguments arguments, String model) throws IOException {
    return open(model, options(arguments).withWarnings(warning -> {}));
  }

  private static Consumer<String> printer(Console console) {
    return warning -> console.error("warning: " + warning);
  }

  /** CPU threads that the command line allows. */
  static int threads(Arguments arguments) {
    int given = given(arguments);
    return given == 0 ? Runtime.getRuntime().availableProcessors() : given;
  }

  private static int given(Arguments arguments) {
    return Integer.parseInt(arguments.get(THREADS.name(), "0"));
  }

  private static RecognizerOptions options(Arguments arguments) {
    return RecognizerOptions.DEFAULT
        .withBackend(arguments.get(BACKEND.name(), Backends.AUTO))
        .withDevice(arguments.get(DEVICE.name(), ""))
        .withPrecision(Precision.parse(arguments.get(PRECISION.name(), "f32")))
        .withThreads(given(arguments));
  }

  private static EmotionRecognizer open(String model, RecognizerOptions options)
      throws IOException {
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

  private static String wrongBackend(String name) {
    List<String> names = new ArrayList<>(List.of(Backends.AUTO));
    Backends.providers().stream().map(BackendProvider::name).forEach(names::add);
    if (names.contains(name)) {
      return null;
    }
    String hint =
        name.equals("opencl") ? ", or qieemo-opencl.jar on the class path for opencl" : "";
    return Text.or(names) + hint;
  }
}

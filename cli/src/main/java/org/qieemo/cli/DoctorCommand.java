package org.qieemo.cli;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.util.List;
import java.util.ServiceConfigurationError;
import org.qieemo.Audio;
import org.qieemo.Emotion;
import org.qieemo.EmotionRecognizer;
import org.qieemo.FormatException;
import org.qieemo.RecognizerOptions;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendException;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.BackendProvider;
import org.qieemo.kernels.Backends;

/** {@code qieemo doctor}. */
final class DoctorCommand implements Command {
  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final String CPU = "cpu";
  private static final double TOLERANCE = 1e-9;

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "doctor",
        "Says what this machine has, what will run, and whether it works",
        "",
        0,
        0,
        List.of(),
        List.of("The exit code is 0 if the CPU path works."),
        List.of("qieemo doctor", "qieemo doctor --debug"));
  }

  @Override
  public int run(Arguments arguments, Console console) {
    console.line(Version.line());
    machine(console);
    console.line("vector API: " + vectorApi());
    backends(console);
    boolean works = cpu(console) && model(console);
    console.line(works ? "result: ready" : "result: the CPU path does not work");
    return works ? OK : FAILED;
  }

  private static void machine(Console console) {
    Runtime runtime = Runtime.getRuntime();
    console.line("java: " + property("java.version") + ", " + property("java.vendor"));
    console.line("vm: " + property("java.vm.name") + " " + property("java.vm.version"));
    console.line(
        "os: " + property("os.name") + " " + property("os.version") + ", " + property("os.arch"));
    console.line("processors: " + runtime.availableProcessors());
    console.line("memory: Java heap up to " + Text.bytes(runtime.maxMemory()));
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }

  private static String vectorApi() {
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()) {
      return "resolved";
    }
    if (ModuleFinder.ofSystem().find(VECTOR_MODULE).isEmpty()) {
      return "not in this Java runtime: scalar kernels run, some times slower";
    }
    return "not resolved: scalar kernels run, some times slower; turn it on with"
        + " java --add-modules jdk.incubator.vector -jar qieemo.jar, or use bin/qieemo";
  }

  private static void backends(Console console) {
    try {
      for (BackendProvider provider : Backends.providers()) {
        BackendProvider.Availability availability = provider.probe();
        String usable = availability.usable() ? "usable" : "not usable";
        console.line("back end " + provider.name() + ": " + usable + ", " + availability.reason());
        provider.details().forEach(line -> console.line("  " + line));
      }
    } catch (ServiceConfigurationError e) {
      console.error("back ends cannot be listed: " + e.getMessage());
      console.trace(e);
    }
  }

  private static boolean cpu(Console console) {
    try (Backend backend = Backends.open(CPU, BackendOptions.DEFAULT)) {
      console.line("cpu kernels: " + backend.description());
      return true;
    } catch (BackendException | ServiceConfigurationError | LinkageError e) {
      console.line("cpu kernels: " + e.getMessage());
      console.trace(e);
      return false;
    }
  }

  private static boolean model(Console console) {
    RecognizerOptions options = RecognizerOptions.DEFAULT.withBackend(CPU);
    try (EmotionRecognizer recognizer = EmotionRecognizer.embedded(options)) {
      String name = recognizer.info().name();
      console.line("embedded model: loads, " + (name.isEmpty() ? "without a name" : name));
      ModelWords.abilities(recognizer.config()).forEach(line -> console.line("  " + line));
      return selfTest(recognizer, console);
    } catch (FormatException | RuntimeException | OutOfMemoryError e) {
      console.line("embedded model: fails, " + Failures.reason(e));
      console.trace(e);
      return false;
    } catch (IOException e) { // a build without one, whose CPU path works all the same
      console.line("embedded model: " + Failures.reason(e));
      console.trace(e);
      return true;
    }
  }

  private static boolean selfTest(EmotionRecognizer recognizer, Console console) {
    Audio audio = SyntheticVoice.seconds(2);
    long start = System.nanoTime();
    Emotion first = recognizer.classify(audio);
    double seconds = (System.nanoTime() - start) / 1e9;
    Emotion again = recognizer.classify(audio);
    double sum = first.scores().values().stream().mapToDouble(Double::doubleValue).sum();
    boolean works = Math.abs(sum - 1) < TOLERANCE && first.scores().equals(again.scores());
    console.line(
        "self-test: "
            + (works ? "passed, " : "FAILED, ")
            + "2 s of synthetic audio in "
            + Text.fixed(seconds, 2)
            + " s from a cold start, "
            + (works
                ? "probabilities repeat exactly"
                : "scores " + first.scores() + " then " + again.scores()));
    return works;
  }
}

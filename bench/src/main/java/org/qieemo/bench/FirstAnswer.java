package org.qieemo.bench;

import java.io.IOException;
import java.nio.file.Path;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.RecognizerOptions;
import org.qieemo.kernels.Precision;

/**
 * How long the embedded model takes in this process from nothing to opened, and to its first and
 * second answer. Of a CUDA driver that keeps nothing ({@code CUDA_CACHE_DISABLE=1}), with and
 * without {@code -Dqieemo.cuda.cubins=off}, this is what cubins save.
 *
 * <pre>{@code
 * java --add-modules jdk.incubator.vector -cp bench/target/benchmarks.jar \
 *   org.qieemo.bench.FirstAnswer BACKEND PRECISION FILE.wav
 * }</pre>
 */
public final class FirstAnswer {
  private static final double NANOS_PER_MS = 1e6;

  private FirstAnswer() {}

  /** Runs; see the class. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3) {
      System.err.println("usage: FirstAnswer BACKEND PRECISION FILE.wav");
      System.exit(2);
    }
    Audio audio = Audio.read(Path.of(arguments[2]));
    long start = System.nanoTime();
    RecognizerOptions options =
        RecognizerOptions.DEFAULT
            .withBackend(arguments[0])
            .withPrecision(Precision.parse(arguments[1]));
    try (EmotionRecognizer recognizer = EmotionRecognizer.embedded(options)) {
      double opened = since(start);
      String label = recognizer.classify(audio).label();
      double first = since(start);
      String again = recognizer.classify(audio).label();
      System.out.printf(
          "%s: opened after %.0f ms, %s after %.0f ms, %s again after %.0f ms%n",
          recognizer.backend().description(), opened, label, first, again, since(start));
    }
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / NANOS_PER_MS;
  }
}

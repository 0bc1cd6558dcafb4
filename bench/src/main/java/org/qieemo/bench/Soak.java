package org.qieemo.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.RecognizerOptions;

/**
 * Classifies one voice very often and prints, now and then, how much heap is live and how much
 * memory the process has: both must stay flat. Every score is compared with the first one's.
 *
 * <pre>{@code
 * java -cp bench/target/benchmarks.jar org.qieemo.bench.Soak VOICE.wav 100000 [MODEL.gguf]
 * }</pre>
 *
 * <p>Prints CSV: inferences, live heap in KiB after a collection, resident memory in KiB (Linux; -1
 * elsewhere). Exit code 1 if a score differs, or if the last heap is more than 5 % above that of a
 * tenth of the way.
 */
public final class Soak {
  private static final int ROWS = 20;
  private static final double MOST_GROWTH = 1.05;

  private Soak() {}

  /** Runs; see the class. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2 || arguments.length > 3) {
      System.err.println("usage: Soak VOICE.wav COUNT [MODEL.gguf]");
      System.exit(2);
    }
    Audio voice = Audio.read(Path.of(arguments[0]));
    int count = Integer.parseInt(arguments[1]);
    RecognizerOptions options = RecognizerOptions.DEFAULT.withThreads(1);
    try (EmotionRecognizer recognizer =
        arguments.length == 3
            ? EmotionRecognizer.open(Path.of(arguments[2]), options)
            : EmotionRecognizer.embedded(options)) {
      System.exit(run(recognizer, voice, count, System.out) ? 0 : 1);
    }
  }

  private static boolean run(EmotionRecognizer recognizer, Audio voice, int count, PrintStream out)
      throws IOException {
    Map<String, Double> expected = recognizer.classify(voice).scores();
    int step = Math.max(1, count / ROWS);
    long early = 0;
    long late = 0;
    out.println("inferences,live_heap_kib,resident_kib");
    for (int i = 1; i <= count; i++) {
      if (!expected.equals(recognizer.classify(voice).scores())) {
        out.println("inference " + i + " differs from the first");
        return false;
      }
      if (i % step == 0) {
        late = liveHeap();
        early = i <= count / 10 || early == 0 ? late : early;
        out.printf(Locale.ROOT, "%d,%d,%d%n", i, late, resident());
      }
    }
    return late <= early * MOST_GROWTH;
  }

  private static long liveHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> 10;
  }

  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return -1;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return -1;
  }
}

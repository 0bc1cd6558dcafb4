package org.qieemo.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.RecognizerOptions;
import org.qieemo.kernels.Backends;

/**
 * Classifies one voice very often and prints, now and then, how much heap is live and how much
 * memory the process has: both must stay flat. Every score is compared with the first one's.
 *
 * <pre>{@code
 * java -cp bench/target/benchmarks.jar org.qieemo.bench.Soak VOICE.wav 100000 [MODEL.gguf|embedded [BACKEND]]
 * }</pre>
 *
 * <p>Prints CSV: inferences, live heap in KiB after a collection, resident memory in KiB (Linux; -1
 * elsewhere), memory in use on the NVIDIA device in MiB (-1 without nvidia-smi). Exit code 1 if a
 * score differs, or if the last heap is more than 5 % above that of a tenth of the way, or the
 * device's memory above it at all.
 */
public final class Soak {
  private static final int ROWS = 20;
  private static final double MOST_GROWTH = 1.05;

  private Soak() {}

  /** Runs; see the class. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2 || arguments.length > 4) {
      System.err.println("usage: Soak VOICE.wav COUNT [MODEL.gguf|embedded [BACKEND]]");
      System.exit(2);
    }
    Audio voice = Audio.read(Path.of(arguments[0]));
    int count = Integer.parseInt(arguments[1]);
    RecognizerOptions options =
        RecognizerOptions.DEFAULT
            .withThreads(1)
            .withBackend(arguments.length == 4 ? arguments[3] : Backends.AUTO);
    try (EmotionRecognizer recognizer =
        arguments.length >= 3 && !arguments[2].equals("embedded")
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
    long earlyDevice = -1;
    long lateDevice = -1;
    out.println("inferences,live_heap_kib,resident_kib,device_mib");
    for (int i = 1; i <= count; i++) {
      if (!expected.equals(recognizer.classify(voice).scores())) {
        out.println("inference " + i + " differs from the first");
        return false;
      }
      if (i % step == 0) {
        late = liveHeap();
        lateDevice = device();
        if (i <= count / 10 || early == 0) {
          early = late;
          earlyDevice = lateDevice;
        }
        out.printf(Locale.ROOT, "%d,%d,%d,%d%n", i, late, resident(), lateDevice);
      }
    }
    return late <= early * MOST_GROWTH && lateDevice <= earlyDevice;
  }

  private static long liveHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> 10;
  }

  private static long device() throws IOException {
    try {
      Process asked =
          new ProcessBuilder(
                  "nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits")
              .start();
      String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      String first = said.lines().findFirst().orElse("").trim();
      return first.matches("[0-9]+") ? Long.parseLong(first) : -1;
    } catch (IOException e) { // there is no such program
      return -1;
    }
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

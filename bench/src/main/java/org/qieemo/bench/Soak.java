package org.qieemo.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.RecognizerOptions;
import org.qieemo.kernels.Backends;

/**
 * Classifies the first second of a voice very often and prints, now and then, how much heap is live
 * and how much memory the process has: both must stay flat. Every score is compared with the first
 * one's.
 *
 * <pre>{@code
 * java -cp bench/target/benchmarks.jar org.qieemo.bench.Soak VOICE.wav 100000 [MODEL.gguf|embedded [BACKEND]]
 * }</pre>
 *
 * <p>Prints what runs, as comments, then CSV: inferences, seconds since the first, live heap in KiB
 * after a collection, resident memory in KiB (Linux; -1 elsewhere), memory in use on the NVIDIA
 * device in MiB (-1 without nvidia-smi). Exit code 1 if a score differs, if heap or resident memory
 * are in the end more than 5 % above those of a tenth of the way, or the device's memory above it
 * at all. Give Java a heap of a fixed size ({@code -Xms}, {@code -Xmx}, {@code
 * -XX:+AlwaysPreTouch}), or the resident memory grows with the heap's use.
 */
public final class Soak {
  private static final int ROWS = 20;
  private static final double MOST_GROWTH = 1.05;

  private Soak() {}

  /** Heap and resident memory in KiB, the device's in MiB. */
  private record Memory(long heap, long resident, long device) {
    static Memory now() throws IOException {
      return new Memory(liveHeap(), Soak.resident(), Soak.device());
    }

    boolean isFlat(Memory early) {
      return heap <= early.heap * MOST_GROWTH
          && resident <= early.resident * MOST_GROWTH
          && device <= early.device;
    }
  }

  /** Runs; see the class. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2 || arguments.length > 4) {
      System.err.println("usage: Soak VOICE.wav COUNT [MODEL.gguf|embedded [BACKEND]]");
      System.exit(2);
    }
    Audio voice = firstSecond(Audio.read(Path.of(arguments[0])));
    int count = Integer.parseInt(arguments[1]);
    RecognizerOptions options =
        RecognizerOptions.DEFAULT
            .withThreads(1)
            .withBackend(arguments.length == 4 ? arguments[3] : Backends.AUTO);
    try (EmotionRecognizer recognizer =
        arguments.length >= 3 && !arguments[2].equals("embedded")
            ? EmotionRecognizer.open(Path.of(arguments[2]), options)
            : EmotionRecognizer.embedded(options)) {
      System.out.println("# Soak " + String.join(" ", arguments));
      System.out.println("# Java " + Runtime.version() + ", " + recognizer.backend().description());
      System.exit(run(recognizer, voice, count, System.out) ? 0 : 1);
    }
  }

  private static Audio firstSecond(Audio voice) {
    int samples = Math.min(voice.samples().length, voice.sampleRate());
    return new Audio(Arrays.copyOf(voice.samples(), samples), voice.sampleRate());
  }

  private static boolean run(EmotionRecognizer recognizer, Audio voice, int count, PrintStream out)
      throws IOException {
    Map<String, Double> expected = recognizer.classify(voice).scores();
    int step = Math.max(1, count / ROWS);
    Memory early = null;
    Memory late = Memory.now();
    long start = System.nanoTime();
    out.println("inferences,seconds,live_heap_kib,resident_kib,device_mib");
    for (int i = 1; i <= count; i++) {
      if (!expected.equals(recognizer.classify(voice).scores())) {
        out.println("inference " + i + " differs from the first");
        return false;
      }
      if (i % step == 0) {
        late = Memory.now();
        early = i <= count / 10 || early == null ? late : early;
        long seconds = (System.nanoTime() - start) / 1_000_000_000;
        out.printf(
            Locale.ROOT, "%d,%d,%d,%d,%d%n", i, seconds, late.heap, late.resident, late.device);
      }
    }
    return late.isFlat(early == null ? late : early);
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

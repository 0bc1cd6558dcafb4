package org.qieemo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qieemo.Audio;

/**
 * A short and a long recording through the command line: peak memory must not grow with length, and
 * time must grow in proportion. Linux.
 *
 * <pre>{@code
 * java -cp bench/target/benchmarks.jar org.qieemo.bench.LongAudio VOICE.wav OUTPUT.json \
 *     [SHORT,LONG minutes] [ROUNDS] [CASE,CASE]
 * }</pre>
 *
 * <p>The recordings are VOICE.wav again and again, from a few minutes of speech on; they lie in a
 * temporary folder and are deleted. The cases {@code timeline}, {@code words} and {@code report}
 * run by the launcher {@code cli/bin/qieemo}, seen from the current folder. Each round runs the
 * short, then the long recording; before a figure counts, the long one's answers must begin like
 * the short one's and go on to its end. Exit code 1 where they do not.
 */
public final class LongAudio {
  private static final double MARGIN = 60; // seconds before the short one's end, which is heard

  /** What is run; FILE and PAGE stand for paths. */
  private enum Case {
    TIMELINE("classify --timeline --format csv FILE"),
    WORDS("classify --timeline --words --format csv FILE"),
    REPORT("report --output PAGE FILE");

    private final String command;

    Case(String command) {
      this.command = command;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Path folder;
  private final int[] minutes;
  private final int rounds;
  private final List<String> rows = new ArrayList<>();

  private LongAudio(Path folder, int[] minutes, int rounds) {
    this.folder = folder;
    this.minutes = minutes;
    this.rounds = rounds;
  }

  /** Runs; see the class. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 2 || args.length > 5) {
      System.err.println(
          "usage: LongAudio VOICE.wav OUTPUT.json [10,180] [ROUNDS] "
              + Arrays.toString(Case.values()));
      System.exit(2);
    }
    int[] minutes =
        Arrays.stream((args.length > 2 ? args[2] : "10,180").split(","))
            .mapToInt(Integer::parseInt)
            .toArray();
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 3;
    List<String> cases = args.length > 4 ? List.of(args[4].split(",")) : List.of();
    Path folder = Files.createTempDirectory("long-audio").toAbsolutePath();
    try {
      LongAudio run = new LongAudio(folder, minutes, rounds);
      run.record(Audio.read(Path.of(args[0])));
      for (Case each : Case.values()) {
        if (cases.isEmpty() || cases.contains(each.toString())) {
          run.measure(each);
        }
      }
      Files.writeString(Path.of(args[1]), run.json(args));
    } finally {
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private Path recording(int minutes) {
    return folder.resolve(minutes + ".wav");
  }

  private void record(Audio voice) throws IOException {
    for (int length : minutes) {
      LoopedWav.write(voice, length, recording(length));
    }
  }

  private void measure(Case name) throws IOException, InterruptedException {
    Map<Integer, List<MeasuredProcess>> runs = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      Map<Integer, List<double[]>> spans = new LinkedHashMap<>();
      for (int length : minutes) {
        Path output = folder.resolve("output");
        runs.computeIfAbsent(length, m -> new ArrayList<>())
            .add(MeasuredProcess.run(command(name, length), output));
        Path answers = name == Case.REPORT ? folder.resolve("page.html") : output;
        spans.put(length, spans(name, Files.readString(answers)));
      }
      check(name, spans);
    }
    runs.forEach((length, measured) -> rows.add(row(name, length, measured)));
  }

  private List<String> command(Case name, int length) {
    List<String> command = new ArrayList<>(List.of("cli/bin/qieemo"));
    for (String word : name.command.split(" ")) {
      command.add(
          word.replace("FILE", recording(length).toString())
              .replace("PAGE", folder.resolve("page.html").toString()));
    }
    return command;
  }

  /** Begin and end of every segment and word, and whatever else is a number in its row. */
  private static List<double[]> spans(Case name, String answers) {
    boolean report = name == Case.REPORT;
    List<double[]> spans = new ArrayList<>();
    for (String line : answers.lines().toList()) {
      boolean row = report ? line.startsWith("<tr data-start=") : line.startsWith("/");
      if (row) {
        String numbers = line.substring(report ? 0 : line.indexOf(',')).replaceAll("<[/a-z]", " ");
        spans.add(
            Arrays.stream(numbers.split("[^0-9.E-]+"))
                .filter(word -> word.matches("-?[0-9]+(\\.[0-9]+)?(E-?[0-9]+)?"))
                .mapToDouble(Double::parseDouble)
                .toArray());
      }
    }
    return spans;
  }

  private void check(Case name, Map<Integer, List<double[]>> spans) {
    double common = 60.0 * Arrays.stream(minutes).min().orElseThrow() - MARGIN;
    List<String> first = null;
    for (int length : minutes) {
      List<double[]> all = spans.get(length);
      double end = all.stream().mapToDouble(s -> s[1]).max().orElse(0);
      List<String> begin = all.stream().filter(s -> s[1] < common).map(Arrays::toString).toList();
      if (Math.abs(end - 60 * length) > 1e-3 || begin.size() < common / 60) {
        throw new IllegalStateException(
            name + ", " + length + " minutes: the answers end at " + end + " s");
      }
      if (first != null && !first.equals(begin)) {
        throw new IllegalStateException(name + ": " + length + " minutes begin otherwise");
      }
      first = begin;
    }
  }

  private static String row(Case name, int minutes, List<MeasuredProcess> runs) {
    return String.format(
        Locale.ROOT,
        "    {\"case\": \"%s\", \"command\": \"qieemo %s\", \"minutes\": %d, \"peak_mib\": %s,"
            + " \"cpu_seconds\": %s, \"seconds\": %s}",
        name,
        name.command,
        minutes,
        numbers(runs.stream().mapToDouble(MeasuredProcess::peakMib).toArray()),
        numbers(runs.stream().mapToDouble(MeasuredProcess::cpuSeconds).toArray()),
        numbers(runs.stream().mapToDouble(MeasuredProcess::seconds).toArray()));
  }

  private static String numbers(double[] values) {
    return Arrays.stream(values)
        .mapToObj(v -> String.format(Locale.ROOT, "%.1f", v))
        .toList()
        .toString();
  }

  private String json(String[] args) throws IOException {
    String processor =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 2))
            .orElse("unknown");
    args[0] = Path.of(args[0]).getFileName().toString();
    return String.format(
        Locale.ROOT,
        "{\n  \"date\": \"%s\",\n  \"java\": \"%s %s\",\n  \"processor\": \"%s, %d cores\",\n"
            + "  \"arguments\": \"%s\",\n  \"runs\": [\n%s\n  ]\n}\n",
        LocalDate.now(),
        System.getProperty("java.vm.name"),
        System.getProperty("java.runtime.version"),
        processor,
        Runtime.getRuntime().availableProcessors(),
        String.join(" ", args),
        String.join(",\n", rows));
  }
}

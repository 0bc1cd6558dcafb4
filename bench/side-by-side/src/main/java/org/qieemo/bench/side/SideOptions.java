package org.qieemo.bench.side;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run compares.
 *
 * @param models the folder that {@code export_onnx.py} wrote
 * @param output file name without ending: .json, .md and .svg are written
 * @param cases names of folders in {@code models}
 * @param engines which engines take turns
 * @param seconds lengths of audio, as feature frames of 10 ms
 * @param threads numbers of threads
 * @param rounds at most; every engine runs once a round
 * @param budget seconds of rounds per case, length and thread count, if that is at least {@code
 *     LEAST_ROUNDS} rounds
 * @param parts which of {@code time}, {@code memory}, {@code oneshot}
 * @param launcher the command-line launcher, for {@code oneshot}
 */
record SideOptions(
    Path models,
    Path output,
    List<String> cases,
    List<EngineKind> engines,
    int[] seconds,
    int[] threads,
    int rounds,
    double budget,
    List<String> parts,
    Path launcher) {

  static final int LEAST_ROUNDS = 3;

  private static final Map<String, String> DEFAULTS = defaults();

  private static Map<String, String> defaults() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("--models", "target/side-by-side");
    values.put("--output", "target/side-by-side/report");
    values.put("--cases", "embedded,wenet-12x256,nemo-small,17x512");
    values.put("--engines", "ours-f32,ort-f32,ours-q8_0,ort-int8,libtorch-f32");
    values.put("--seconds", "2,5,16,60");
    values.put("--threads", "1,2");
    values.put("--rounds", "21");
    values.put("--budget", "8");
    values.put("--parts", "time,memory,oneshot");
    values.put("--launcher", "cli/bin/qieemo");
    return values;
  }

  /** The options and their defaults, for a person. */
  static String usage() {
    StringBuilder text = new StringBuilder("options, with their defaults:");
    DEFAULTS.forEach((name, value) -> text.append("\n  ").append(name).append(' ').append(value));
    return text.toString();
  }

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static SideOptions parse(String... args) {
    Map<String, String> values = new LinkedHashMap<>(DEFAULTS);
    for (int i = 0; i < args.length; i += 2) {
      if (!values.containsKey(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException(
            (values.containsKey(args[i]) ? "no value for " : "unknown option ") + args[i]);
      }
      values.put(args[i], args[i + 1]);
    }
    return new SideOptions(
        Path.of(values.get("--models")),
        Path.of(values.get("--output")),
        words(values.get("--cases")),
        words(values.get("--engines")).stream().map(EngineKind::of).toList(),
        numbers(values.get("--seconds")),
        numbers(values.get("--threads")),
        Integer.parseInt(values.get("--rounds")),
        Double.parseDouble(values.get("--budget")),
        words(values.get("--parts")),
        Path.of(values.get("--launcher")));
  }

  private static List<String> words(String list) {
    return Arrays.asList(list.split(","));
  }

  private static int[] numbers(String list) {
    return Arrays.stream(list.split(",")).mapToInt(Integer::parseInt).toArray();
  }
}

package org.qieemo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.RecognizerOptions;
import org.qieemo.converter.ConversionListener;
import org.qieemo.converter.ConversionRequest;
import org.qieemo.converter.ConvertOptions;
import org.qieemo.converter.Converter;
import org.qieemo.evaluation.ConfusionMatrix;
import org.qieemo.evaluation.Judgement;

/**
 * Evaluates every configuration of a study (weights-converter/reference/study.py --folds) with this
 * engine: each fold's model is converted to float32 and hears the recordings of the speaker whom it
 * has not heard.
 *
 * <pre>{@code
 * java -cp bench/target/benchmarks.jar org.qieemo.bench.StudyEvaluation FOLDS RECORDINGS.csv OUT.json
 * }</pre>
 *
 * <p>FOLDS holds CASE/seedS-without-SPEAKER; RECORDINGS.csv is one of train_head.py's manifests,
 * its WAV files beside it. OUT.json is written after every case: UA, WA and macro-F1 per seed,
 * their mean and sample deviation over the seeds, and the confusions of all seeds.
 */
public final class StudyEvaluation {
  private static final Pattern FOLD = Pattern.compile("seed(\\d+)-without-(.+)");

  /** What was said, by whom. */
  private record Recording(Audio audio, String label) {}

  private final Map<String, List<Recording>> bySpeaker;
  private final Path scratch;
  private final Map<String, String> cases = new TreeMap<>();

  private StudyEvaluation(Map<String, List<Recording>> bySpeaker, Path scratch) {
    this.bySpeaker = bySpeaker;
    this.scratch = scratch;
  }

  /** Runs; see the class. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3) {
      System.err.println("usage: StudyEvaluation FOLDS RECORDINGS.csv OUT.json");
      System.exit(2);
    }
    Path scratch = Files.createTempFile("qieemo-study", ".gguf");
    try {
      StudyEvaluation study = new StudyEvaluation(read(Path.of(arguments[1])), scratch);
      for (Path folder : folders(Path.of(arguments[0]))) {
        study.evaluate(folder);
        Files.writeString(Path.of(arguments[2]), study.json(arguments));
      }
    } finally {
      Files.delete(scratch);
    }
  }

  /**
   * The columns file, label and speaker, in this order; names without quotes, as train_head.py
   * writes.
   */
  private static Map<String, List<Recording>> read(Path manifest) throws IOException {
    Map<String, List<Recording>> bySpeaker = new TreeMap<>();
    List<String> lines = Files.readAllLines(manifest);
    if (!lines.get(0).startsWith("file,label,speaker")) {
      throw new IOException(manifest + ": begins with other columns than file,label,speaker");
    }
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",");
      Audio audio = Audio.read(manifest.resolveSibling(fields[0]));
      bySpeaker
          .computeIfAbsent(fields[2], s -> new ArrayList<>())
          .add(new Recording(audio, fields[1]));
    }
    return bySpeaker;
  }

  private static List<Path> folders(Path parent) throws IOException {
    try (Stream<Path> found = Files.list(parent)) {
      return found.filter(Files::isDirectory).sorted().toList();
    }
  }

  private void evaluate(Path folder) throws IOException {
    Map<Integer, List<Judgement>> seeds = new TreeMap<>();
    List<String> labels = List.of();
    for (Path fold : folders(folder)) {
      Matcher name = FOLD.matcher(fold.getFileName().toString());
      if (!name.matches()) {
        throw new IOException(fold + ": is not called seedS-without-SPEAKER");
      }
      Files.delete(scratch);
      Converter.convert(
          new ConversionRequest(fold, scratch, ConvertOptions.DEFAULT), ConversionListener.SILENT);
      try (EmotionRecognizer recognizer =
          EmotionRecognizer.open(scratch, RecognizerOptions.DEFAULT.withThreads(1))) {
        labels = recognizer.labels();
        seeds
            .computeIfAbsent(Integer.valueOf(name.group(1)), s -> new ArrayList<>())
            .addAll(judgements(recognizer, name.group(2)));
      }
    }
    String row = row(labels, seeds);
    cases.put(folder.getFileName().toString(), row);
    System.out.println(folder.getFileName() + " " + row.lines().limit(1).findFirst().orElse(""));
  }

  private List<Judgement> judgements(EmotionRecognizer recognizer, String speaker)
      throws IOException {
    List<Recording> recordings = bySpeaker.get(speaker);
    if (recordings == null) {
      throw new IOException("the recordings have no speaker " + speaker);
    }
    return recordings.stream()
        .map(r -> new Judgement(r.label(), recognizer.classify(r.audio()).label(), speaker))
        .toList();
  }

  private static String row(List<String> labels, Map<Integer, List<Judgement>> seeds) {
    Map<String, List<Double>> values = new TreeMap<>();
    seeds
        .values()
        .forEach(
            judgements -> {
              var metrics = ConfusionMatrix.of(labels, judgements).metrics();
              add(values, "ua", metrics.unweightedAccuracy());
              add(values, "wa", metrics.weightedAccuracy());
              add(values, "macro_f1", metrics.macroF1());
            });
    List<Judgement> all = seeds.values().stream().flatMap(List::stream).toList();
    return values.entrySet().stream()
            .map(entry -> metric(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(", ", "{\"seeds\": " + seeds.keySet() + ", ", ""))
        + ",\n   \"confusion_over_seeds\": "
        + ConfusionMatrix.of(labels, all).rows()
        + "}";
  }

  private static void add(Map<String, List<Double>> values, String key, double value) {
    values.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
  }

  private static String metric(String key, List<Double> perSeed) {
    SummaryStatistics statistics = new SummaryStatistics();
    perSeed.forEach(statistics::addValue);
    String each = perSeed.stream().map(StudyEvaluation::decimals).collect(Collectors.joining(", "));
    String deviation =
        perSeed.size() > 1 ? decimals(statistics.getStandardDeviation()) : "null"; // of one: none
    return String.format(
        "\"%1$s\": %2$s, \"%1$s_std\": %3$s, \"%1$s_per_seed\": [%4$s]",
        key, decimals(statistics.getMean()), deviation, each);
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private String json(String[] arguments) {
    return cases.entrySet().stream()
        .map(entry -> "  \"" + entry.getKey() + "\": " + entry.getValue())
        .collect(
            Collectors.joining(
                ",\n",
                "{\n \"what\": \"leave one speaker out, by the Java engine, float32\",\n"
                    + " \"date\": \""
                    + LocalDate.now()
                    + "\",\n \"java\": \""
                    + Runtime.version()
                    + "\",\n \"command\": \"java -cp bench/target/benchmarks.jar"
                    + " org.qieemo.bench.StudyEvaluation FOLDS "
                    + Path.of(arguments[1]).getFileName()
                    + " "
                    + Path.of(arguments[2]).getFileName()
                    + "\",\n \"cases\": {\n",
                "\n }\n}\n"));
  }
}

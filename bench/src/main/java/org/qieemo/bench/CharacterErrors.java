package org.qieemo.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.RecognizerOptions;

/**
 * Character and word error rate of a model's greedy CTC, by this engine.
 *
 * <pre>{@code
 * java -cp bench/target/benchmarks.jar org.qieemo.bench.CharacterErrors TRANSCRIPTS.txt WAVS OUT.json [MODEL.gguf]
 * }</pre>
 *
 * <p>TRANSCRIPTS.txt has LibriSpeech's lines, "NAME TEXT"; every NAME.wav in the folder WAVS counts
 * and must have one. An error is a character (a space between words is one) or word inserted, left
 * out or replaced; the rate is errors over the characters or words of the transcripts. Without a
 * model: the embedded one.
 */
public final class CharacterErrors {
  /** Errors, and what there was to get right. */
  private static final class Rate {
    private long errors;
    private long total;

    void add(Object[] heard, Object[] said) {
      errors += editDistance(heard, said);
      total += said.length;
    }

    double value() {
      return (double) errors / total;
    }
  }

  private final Rate characters = new Rate();
  private final Rate words = new Rate();
  private int utterances;
  private double seconds;

  private CharacterErrors() {}

  /** Runs; see the class. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 3 || arguments.length > 4) {
      System.err.println("usage: CharacterErrors TRANSCRIPTS.txt WAVS OUT.json [MODEL.gguf]");
      System.exit(2);
    }
    Map<String, String> transcripts = transcripts(Path.of(arguments[0]));
    CharacterErrors found = new CharacterErrors();
    try (EmotionRecognizer recognizer = open(arguments);
        Stream<Path> files = Files.list(Path.of(arguments[1]))) {
      for (Path wav : files.filter(f -> f.toString().endsWith(".wav")).sorted().toList()) {
        found.hear(recognizer, wav, transcripts);
      }
    }
    if (found.utterances == 0) {
      throw new IOException(arguments[1] + ": no .wav file");
    }
    String model =
        arguments.length > 3 ? Path.of(arguments[3]).getFileName().toString() : "embedded";
    Files.writeString(Path.of(arguments[2]), found.json(model));
    System.out.print(found.json(model));
  }

  private static EmotionRecognizer open(String[] arguments) throws IOException {
    return arguments.length > 3
        ? EmotionRecognizer.open(Path.of(arguments[3]), RecognizerOptions.DEFAULT)
        : EmotionRecognizer.embedded();
  }

  private static Map<String, String> transcripts(Path file) throws IOException {
    Map<String, String> byName = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      String[] nameAndText = line.split(" ", 2);
      byName.put(nameAndText[0], nameAndText.length > 1 ? normalised(nameAndText[1]) : "");
    }
    return byName;
  }

  /** Lower case, words one space apart. */
  private static String normalised(String text) {
    return String.join(" ", text.toLowerCase(Locale.ROOT).trim().split("\\s+"));
  }

  private void hear(EmotionRecognizer recognizer, Path wav, Map<String, String> transcripts)
      throws IOException {
    String name = wav.getFileName().toString().replaceFirst("\\.wav$", "");
    String said = transcripts.get(name);
    if (said == null) {
      throw new IOException(wav + ": has no transcript");
    }
    Audio audio = Audio.read(wav);
    String heard = normalised(recognizer.transcribe(audio));
    characters.add(heard.chars().boxed().toArray(), said.chars().boxed().toArray());
    words.add(heard.split(" "), said.split(" "));
    utterances++;
    seconds += (double) audio.samples().length / audio.sampleRate();
  }

  /** The least number of insertions, deletions and replacements (Levenshtein). */
  static int editDistance(Object[] a, Object[] b) {
    int[] row = new int[b.length + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 0; i < a.length; i++) {
      int diagonal = row[0];
      row[0] = i + 1;
      for (int j = 0; j < b.length; j++) {
        int replaced = diagonal + (a[i].equals(b[j]) ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = Math.min(replaced, Math.min(diagonal, row[j]) + 1);
      }
    }
    return row[b.length];
  }

  private String json(String model) {
    List<String> lines =
        List.of(
            "\"what\": \"greedy CTC by the Java engine\"",
            "\"date\": \"" + LocalDate.now() + "\"",
            "\"java\": \"" + Runtime.version() + "\"",
            "\"model\": \"" + model + "\"",
            "\"utterances\": " + utterances,
            String.format(Locale.ROOT, "\"hours\": %.3f", seconds / 3600),
            "\"characters\": " + characters.total,
            String.format(Locale.ROOT, "\"character_error_rate\": %.4f", characters.value()),
            "\"words\": " + words.total,
            String.format(Locale.ROOT, "\"word_error_rate\": %.4f", words.value()));
    return "{\n  " + String.join(",\n  ", lines) + "\n}\n";
  }
}

package org.qieemo.bench.side;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.qieemo.Audio;
import org.qieemo.converter.text.Json;

/** Whole processes from a WAV file to a label, taking turns: our command line and ONNX Runtime. */
final class OneShots {
  private static final int SECONDS = 5;
  private static final int MOST_ROUNDS = 11;
  private static final int MOST_MEMORY_ROUNDS = 3;
  private static final double SAME_SCORE = 0.02;

  private final SideOptions options;
  private final CaseFolder model;
  private final Path wav;
  private final int rounds;

  /** What a process heard. */
  private record Heard(String label, double score) {}

  private OneShots(SideOptions options, CaseFolder model, Path wav) {
    this.options = options;
    this.model = model;
    this.wav = wav;
    this.rounds = Math.min(MOST_ROUNDS, options.rounds());
  }

  /**
   * Checks that all processes hear the same, then times them and reads their memory.
   *
   * @throws IOException if one cannot run
   * @throws DisagreementException if they hear different emotions
   */
  static List<OneShot> measure(SideOptions options, CaseFolder model)
      throws IOException, InterruptedException {
    Path wav = Files.createTempFile("voice", ".wav");
    try {
      writeVoice(options.launcher(), wav);
      return new OneShots(options, model, wav).measure();
    } finally {
      Files.delete(wav);
    }
  }

  private List<OneShot> measure() throws IOException, InterruptedException {
    List<OneShot> shots = new ArrayList<>();
    for (int threads : options.threads()) {
      Map<String, List<String>> commands = commands(threads);
      String label = agree(commands);
      Map<String, double[]> seconds = time(commands);
      for (Map.Entry<String, List<String>> entry : commands.entrySet()) {
        String name = entry.getKey() + ", threads " + threads;
        shots.add(new OneShot(name, label, seconds.get(entry.getKey()), memory(entry.getValue())));
      }
    }
    return shots;
  }

  private Map<String, List<String>> commands(int threads) {
    String n = Integer.toString(threads);
    String[] classify = {"classify", wav.toString(), "--format", "jsonl", "--threads", n};
    List<String> launcher = new ArrayList<>(List.of(options.launcher().toString()));
    launcher.addAll(List.of(classify));
    Map<String, List<String>> commands = new LinkedHashMap<>();
    commands.put("ours, launcher", launcher);
    commands.put("ours, vector kernels, no launcher", jar(true, classify));
    commands.put("ours, plain kernels, no launcher", jar(false, classify));
    commands.put("ONNX Runtime f32", onnx("model.onnx", n));
    commands.put("ONNX Runtime int8", onnx("model-int8.onnx", n));
    return commands;
  }

  private List<String> jar(boolean vectorModule, String... arguments) {
    Path cli = options.launcher().toAbsolutePath().getParent().getParent();
    List<String> command =
        Processes.java(vectorModule, "-jar", cli.resolve("target/qieemo.jar").toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private List<String> onnx(String file, String threads) {
    return Processes.java(
        false,
        "-cp",
        System.getProperty("java.class.path"),
        OnnxOneShot.class.getName(),
        model.folder().toString(),
        file,
        wav.toString(),
        threads);
  }

  private static String agree(Map<String, List<String>> commands)
      throws IOException, InterruptedException {
    Heard first = null;
    for (Map.Entry<String, List<String>> entry : commands.entrySet()) {
      Heard heard = heard(Processes.run(entry.getValue()).output());
      first = first == null ? heard : first;
      if (!heard.label.equals(first.label) || !(Math.abs(heard.score - first.score) < SAME_SCORE)) {
        throw new DisagreementException(
            entry.getKey() + " hears " + heard + ", ours " + first + ": not timed");
      }
    }
    return first.label;
  }

  private static Heard heard(String json) throws IOException {
    byte[] line = json.lines().findFirst().orElse("").getBytes(StandardCharsets.UTF_8);
    Map<?, ?> object = (Map<?, ?>) Json.parse(line, "output");
    String label = (String) object.get("label");
    Map<?, ?> scores = (Map<?, ?>) object.get("scores");
    return new Heard(label, ((Number) scores.get(label)).doubleValue());
  }

  private Map<String, double[]> time(Map<String, List<String>> commands)
      throws IOException, InterruptedException {
    Map<String, double[]> times = new LinkedHashMap<>();
    commands.keySet().forEach(name -> times.put(name, new double[rounds]));
    List<String> order = List.copyOf(commands.keySet());
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < order.size(); i++) {
        String name = order.get((round + i) % order.size());
        times.get(name)[round] = Processes.run(commands.get(name)).seconds();
      }
    }
    return times;
  }

  private double[] memory(List<String> command) throws IOException, InterruptedException {
    int runs = Math.min(MOST_MEMORY_ROUNDS, rounds);
    double[] peaks = new double[Processes.tellPeakMemory() ? runs : 0];
    for (int i = 0; i < peaks.length; i++) {
      peaks[i] = Processes.peakMemory(command);
    }
    return peaks;
  }

  /** A sample of the command line, repeated until it is long enough; 16-bit. */
  private static void writeVoice(Path launcher, Path wav) throws IOException {
    Path cli = launcher.toAbsolutePath().getParent().getParent();
    Audio sample = Audio.read(cli.resolve("samples/bored.wav"));
    int count = SECONDS * sample.sampleRate();
    ByteBuffer bytes = ByteBuffer.allocate(count * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putShort((short) (sample.samples()[i % sample.samples().length] * Short.MAX_VALUE));
    }
    AudioFormat format = new AudioFormat(sample.sampleRate(), Short.SIZE, 1, true, false);
    try (AudioInputStream stream =
        new AudioInputStream(new ByteArrayInputStream(bytes.array()), format, count)) {
      AudioSystem.write(stream, AudioFileFormat.Type.WAVE, wav.toFile());
    }
  }
}

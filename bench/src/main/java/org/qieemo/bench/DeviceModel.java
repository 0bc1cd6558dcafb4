package org.qieemo.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.qieemo.kernels.Backend;
import org.qieemo.kernels.BackendOptions;
import org.qieemo.kernels.Backends;
import org.qieemo.kernels.Precision;
import org.qieemo.model.EmotionLogits;
import org.qieemo.model.FeatureBatch;
import org.qieemo.model.Forward;
import org.qieemo.model.Qieemo;
import org.qieemo.weights.GgufReader;
import org.qieemo.weights.ModelFile;

/**
 * Times a whole model, normalised features on the host to logits on the host, on any back end. The
 * folder is one of {@code bench/gpu/models.py}: {@code model.gguf}, {@code features.f32}
 * [utterances, frames of the longest, bins], and per length {@code expected-SECONDS.f32}
 * [utterances, labels], computed by PyTorch in double precision. Every result is compared with it
 * before anything is timed.
 *
 * <p>Options: {@code --folder --backend --device --precision --batches 1,8,64 --seconds 5,15
 * --milliseconds 2000 --engine NAME --output FILE.json}; the name is the result's, as a property
 * may change how it runs.
 */
public final class DeviceModel {
  private static final int WARM_UPS = 5;
  private static final int LEAST_RUNS = 5;
  private static final int MOST_RUNS = 2000;

  private final Map<String, String> options;
  private final Path folder;
  private final ModelFile file;
  private final int bins;
  private final float[] features; // [utterances, longest, bins]
  private final int longest; // frames
  private final Precision precision;

  private DeviceModel(Map<String, String> options) throws IOException {
    this.options = options;
    folder = Path.of(options.get("folder"));
    file = ModelFile.of(GgufReader.read(folder.resolve("model.gguf")));
    bins = file.config().frontEnd().melBins();
    features = floats(folder.resolve("features.f32"));
    longest = frames(list("seconds").stream().mapToInt(i -> i).max().orElseThrow());
    precision = Precision.parse(options.get("precision"));
  }

  /** Runs; exit code 1 if a result is wrong. */
  public static void main(String[] arguments) throws IOException {
    Map<String, String> options = new TreeMap<>();
    options.putAll(Map.of("backend", "cuda", "device", "", "precision", "f32"));
    options.putAll(Map.of("batches", "1,8,64", "seconds", "5,15", "milliseconds", "2000"));
    options.put("engine", "ours");
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      options.put(arguments[i].replaceFirst("^--", ""), arguments[i + 1]);
    }
    if (!options.containsKey("folder") || !options.containsKey("output")) {
      System.err.println("usage: DeviceModel --folder FOLDER --output FILE.json [OPTION VALUE]...");
      System.exit(2);
    }
    System.exit(new DeviceModel(options).run() ? 0 : 1);
  }

  /** Frames of Kaldi's filter bank, windows that fit. */
  private static int frames(int seconds) {
    return 100 * seconds - 2;
  }

  private List<Integer> list(String option) {
    return Arrays.stream(options.get(option).split(",")).map(Integer::valueOf).toList();
  }

  private static float[] floats(Path path) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private boolean run() throws IOException {
    BackendOptions asked =
        new BackendOptions(0, options.get("device"), BackendOptions.UNKNOWN, precision);
    List<String> rows = new ArrayList<>();
    boolean right = true;
    try (Backend backend = Backends.open(options.get("backend"), asked);
        Forward forward = new Forward(backend)) {
      Qieemo model = new Qieemo(backend, file);
      for (int seconds : list("seconds")) {
        float[] expected = floats(folder.resolve("expected-" + seconds + ".f32"));
        for (int batch : list("batches")) {
          Cell cell = new Cell(forward, model, batch, seconds);
          double wrong = cell.error(expected);
          boolean sound = wrong <= bound();
          right &= sound;
          rows.add(cell.json(wrong, sound ? cell.time() : null));
          System.out.println(rows.get(rows.size() - 1));
        }
      }
      write(backend.description(), rows);
    }
    return right;
  }

  /** Of logits in float32, else of probabilities: the project's bounds. */
  private double bound() {
    return switch (precision) {
      case F32 -> 1e-4;
      case F16 -> 5e-3;
      case BF16 -> 2e-2;
    };
  }

  private void write(String description, List<String> rows) throws IOException {
    String head =
        "{\"engine\":\"%s\",\"model\":\"%s\",\"precision\":\"%s\",\"device\":\"%s\",\"java\":\"%s\",\"bound\":%s,%n\"rows\":[%n"
            .formatted(
                options.get("engine"),
                folder.getFileName(),
                precision.text(),
                description,
                System.getProperty("java.runtime.version"),
                bound());
    Files.writeString(Path.of(options.get("output")), head + String.join(",\n", rows) + "\n]}\n");
  }

  /** One batch size and length. */
  private final class Cell {
    private final Forward forward;
    private final Qieemo model;
    private final int batch;
    private final int seconds;
    private final FeatureBatch input;

    Cell(Forward forward, Qieemo model, int batch, int seconds) {
      this.forward = forward;
      this.model = model;
      this.batch = batch;
      this.seconds = seconds;
      List<float[]> utterances = new ArrayList<>();
      for (int i = 0; i < batch; i++) {
        int from = i * longest * bins;
        utterances.add(Arrays.copyOfRange(features, from, from + frames(seconds) * bins));
      }
      input = new FeatureBatch(utterances, bins);
    }

    /** The largest difference, of the first three runs: the later ones may run another way. */
    double error(float[] expected) {
      double largest = 0;
      for (int run = 0; run < 3; run++) {
        EmotionLogits found = model.classify(forward, input);
        for (int i = 0; i < batch; i++) {
          float[] logits = found.utterance(i);
          int from = i * logits.length;
          float[] wanted = Arrays.copyOfRange(expected, from, from + logits.length);
          largest = Math.max(largest, difference(wanted, logits));
        }
      }
      return largest;
    }

    private double difference(float[] expected, float[] found) {
      double[] a = precision == Precision.F32 ? doubles(expected) : softmax(expected);
      double[] b = precision == Precision.F32 ? doubles(found) : softmax(found);
      double largest = 0;
      for (int k = 0; k < a.length; k++) {
        double difference = Math.abs(a[k] - b[k]);
        largest = difference <= largest ? largest : difference; // keeps what is no number
      }
      return largest;
    }

    /** Sorted milliseconds. */
    double[] time() {
      for (int i = 0; i < WARM_UPS; i++) {
        model.classify(forward, input);
      }
      List<Double> all = new ArrayList<>();
      double budget = Double.parseDouble(options.get("milliseconds"));
      double spent = 0;
      while (all.size() < LEAST_RUNS || spent < budget && all.size() < MOST_RUNS) {
        long start = System.nanoTime();
        model.classify(forward, input);
        double milliseconds = (System.nanoTime() - start) / 1e6;
        all.add(milliseconds);
        spent += milliseconds;
      }
      return all.stream().mapToDouble(d -> d).sorted().toArray();
    }

    String json(double error, double[] times) {
      String head = "{\"batch\":%d,\"seconds\":%d,\"error\":%.3g".formatted(batch, seconds, error);
      if (times == null) {
        return head + ",\"wrong\":true}";
      }
      return String.format(
          Locale.ROOT,
          "%s,\"runs\":%d,\"median_ms\":%.4f,\"p95_ms\":%.4f,\"least_ms\":%.4f}",
          head,
          times.length,
          times[times.length / 2],
          times[(int) (times.length * 0.95)],
          times[0]);
    }
  }

  private static double[] doubles(float[] values) {
    double[] all = new double[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = values[i];
    }
    return all;
  }

  private static double[] softmax(float[] logits) {
    double[] all = Arrays.stream(doubles(logits)).map(Math::exp).toArray();
    double sum = Arrays.stream(all).sum();
    return Arrays.stream(all).map(e -> e / sum).toArray();
  }
}

package org.qieemo.bench.side;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.qieemo.Audio;
import org.qieemo.audio.FrontEnd;
import org.qieemo.weights.FrontEndConfig;
import org.qieemo.weights.FrontEndConfig.Normalization;

/**
 * The smallest program that hears an emotion with ONNX Runtime: our front end, their forward.
 * Prints the label and its probability.
 */
final class OnnxOneShot {
  private static final int SAMPLE_RATE = 16_000;
  private static final float KALDI_SCALE = 32_768;

  private OnnxOneShot() {}

  /** Folder of the embedded model, ONNX file in it, WAV file, threads. */
  public static void main(String... args) throws IOException {
    CaseFolder model = CaseFolder.read(Path.of(args[0]));
    Audio audio = Audio.read(Path.of(args[2]));
    float[] features = frontEnd(model).features(audio.samples(), audio.sampleRate());
    try (ForwardEngine engine =
        new OnnxForward(model.file(args[1]), model.bins(), Integer.parseInt(args[3]))) {
      float[] logits = engine.logits(features);
      int best = best(logits);
      System.out.printf(
          Locale.ROOT,
          "{\"label\":\"%s\",\"scores\":{\"%s\":%.6f}}%n",
          model.labels().get(best),
          model.labels().get(best),
          probability(logits, best, model.temperature()));
    }
  }

  /** What the embedded model's file says. */
  private static FrontEnd frontEnd(CaseFolder model) throws IOException {
    int bins = model.bins();
    Normalization normalization =
        Normalization.valueOf(model.normalization().toUpperCase(Locale.ROOT));
    FrontEndConfig config =
        new FrontEndConfig(
            FrontEndConfig.Kind.KALDI_FBANK, SAMPLE_RATE, bins, true, KALDI_SCALE, normalization);
    if (normalization != Normalization.GLOBAL) {
      return new FrontEnd(config, null, null);
    }
    float[] cmvn = CaseFolder.floats(model.file("cmvn.f32"));
    return new FrontEnd(
        config, Arrays.copyOf(cmvn, bins), Arrays.copyOfRange(cmvn, bins, 2 * bins));
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int k = 1; k < logits.length; k++) {
      best = logits[k] > logits[best] ? k : best;
    }
    return best;
  }

  private static double probability(float[] logits, int label, double temperature) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((logit - logits[label]) / temperature);
    }
    return 1 / sum;
  }
}

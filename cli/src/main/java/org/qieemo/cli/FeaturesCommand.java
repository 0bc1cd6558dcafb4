package org.qieemo.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.FeatureMatrix;
import org.qieemo.Tap;
import org.qieemo.UnsupportedByModelException;
import org.qieemo.converter.output.AtomicFile;

/** {@code qieemo features}. */
final class FeaturesCommand implements Command {
  private static final String TAPS =
      "fbank, features, block:N, encoder, ppg, ctc-logits or frame-emotion";
  private static final Option TAP =
      new Option("--tap", "TAP", TAPS, true, FeaturesCommand::wrongTap);
  private static final Option OUTPUT =
      Option.text("--output", "X.npy", "the NumPy file to write; one that exists is replaced")
          .needed();

  @Override
  public CommandSpec spec() {
    return new CommandSpec(
        "features",
        "Writes what the model computes at one place, as a NumPy array",
        "FILE --tap TAP --output X.npy",
        1,
        1,
        options(),
        List.of(
            "FILE is a WAV file. The array is [frames, columns], float32, .npy 1.0, C order.",
            "Blocks count from 1 to the encoder's depth; block:0 is the subsampled input."),
        List.of(
            "qieemo features voice.wav --tap frame-emotion --output emotion.npy",
            "qieemo features voice.wav --tap block:6 --model my-model.gguf --output block6.npy"));
  }

  private static List<Option> options() {
    List<Option> options = new ArrayList<>(List.of(TAP, OUTPUT, ModelOptions.MODEL));
    options.addAll(ModelOptions.RUN);
    return options;
  }

  private static String wrongTap(String value) {
    try {
      Tap.parse(value);
      return null;
    } catch (IllegalArgumentException e) {
      return TAPS;
    }
  }

  @Override
  public int run(Arguments arguments, Console console) throws IOException {
    String file = arguments.operands().get(0);
    Tap tap = Tap.parse(arguments.get(TAP.name(), ""));
    try (EmotionRecognizer recognizer = ModelOptions.open(arguments, console)) {
      FeatureMatrix matrix = features(recognizer, file, tap);
      String output = arguments.get(OUTPUT.name(), "");
      write(matrix, output);
      console.line(output + ": " + tap + ", " + matrix.rows() + " x " + matrix.cols() + " float32");
      return OK;
    }
  }

  private static FeatureMatrix features(EmotionRecognizer recognizer, String file, Tap tap)
      throws FileFailure {
    try {
      return recognizer.features(Audio.read(Path.of(file)), tap);
    } catch (UnsupportedByModelException e) {
      throw new FileFailure("--tap " + tap, e);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw new FileFailure(file, e);
    }
  }

  private static void write(FeatureMatrix matrix, String output) throws FileFailure {
    try {
      AtomicFile.write(Path.of(output), out -> NpyFile.write(matrix, out));
    } catch (IOException | RuntimeException e) {
      throw new FileFailure(output, e);
    }
  }
}

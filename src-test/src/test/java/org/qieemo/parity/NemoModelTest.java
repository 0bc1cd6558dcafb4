package org.qieemo.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qieemo.Audio;
import org.qieemo.EmotionRecognizer;
import org.qieemo.FeatureMatrix;
import org.qieemo.Tap;
import org.qieemo.UnsupportedByModelException;
import org.qieemo.support.NpzFile;
import org.qieemo.support.Repository;

/**
 * A real pretrained Conformer, beside the checkout where it is available: every block against
 * PyTorch, and the words that were said.
 */
class NemoModelTest {
  private static final String DATA = "data/nemo-conformer-ctc-small";
  private static final double BLOCK_BOUND = 1e-3;
  private static final int BLOCKS = 16;

  @TempDir static Path folder;
  private static Path data;
  private static Map<String, String> transcripts;

  @BeforeAll
  static void findData() throws IOException {
    data = Repository.sharedOrSkip(DATA);
    transcripts = new HashMap<>();
    for (String line : Files.readAllLines(data.resolve("trans.txt"))) {
      int space = line.indexOf(' ');
      transcripts.put(line.substring(0, space), line.substring(space + 1));
    }
  }

  private static EmotionRecognizer model(String type) throws IOException {
    Path gguf = folder.resolve(type + ".gguf");
    if (!Files.exists(gguf)) {
      Conversions.toGguf(data, gguf, type);
    }
    return EmotionRecognizer.open(gguf);
  }

  @Test
  void everyBlockMatches() throws IOException {
    Map<String, float[]> expected = NpzFile.read(data.resolve("expected-0.npz"));
    Audio audio = Audio.read(data.resolve("0.wav"));
    try (EmotionRecognizer model = model("f32")) {
      compare(expected.get("fbank"), model.features(audio, Tap.FBANK), "fbank");
      compare(expected.get("fbank_normalised"), model.features(audio, Tap.FEATURES), "features");
      for (int l = 1; l <= BLOCKS; l++) {
        compare(expected.get("block" + l), model.features(audio, Tap.block(l)), "block " + l);
      }
      compare(expected.get("ctc_logits"), model.features(audio, Tap.CTC_LOGITS), "ctc logits");
    }
  }

  private static void compare(float[] expected, FeatureMatrix found, String what) {
    assertEquals(expected.length, found.values().length, what);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(expected[i] - found.values()[i]));
    }
    assertTrue(worst < BLOCK_BOUND, what + " differs by " + worst);
  }

  @ParameterizedTest
  @ValueSource(strings = {"f32", "f16", "bf16", "q8_0"})
  void theWordsComeOut(String type) throws IOException {
    try (EmotionRecognizer model = model(type)) {
      for (String wav : new String[] {"0.wav", "1.wav"}) {
        String text = model.transcribe(Audio.read(data.resolve(wav)));
        assertEquals(transcripts.get(wav), text.toUpperCase(Locale.ROOT), wav + " in " + type);
      }
    }
  }

  @Test
  void anEncoderWithoutHeadSaysThatItCannotClassify() throws IOException {
    try (EmotionRecognizer model = model("f32")) {
      assertFalse(model.canClassify());
      assertTrue(model.canTranscribe());
      Audio audio = Audio.read(data.resolve("0.wav"));
      String message =
          assertThrows(UnsupportedByModelException.class, () -> model.classify(audio)).getMessage();
      assertTrue(message.contains("no emotion head"), message);
    }
  }
}

package org.qieemo.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.qieemo.InvalidAudioException;
import org.qieemo.support.Repository;
import org.qieemo.weights.FrontEndConfig;
import org.qieemo.weights.FrontEndConfig.Kind;
import org.qieemo.weights.FrontEndConfig.Normalization;

/** Resampling, features and normalisation together. */
class FrontEndTest {
  private static final Map<String, double[]> GOLDENS =
      Goldens.safetensors("/audio/goldens.safetensors");
  private static final float[] SIGNAL = Goldens.floats(GOLDENS.get("signal"));

  private static FrontEndConfig kaldi(boolean snip, Normalization normalization) {
    return new FrontEndConfig(Kind.KALDI_FBANK, 16000, 80, snip, 32768, normalization);
  }

  private static FrontEnd frontEnd(FrontEndConfig config) {
    return new FrontEnd(config, null, null);
  }

  @Test
  void kinds() {
    FrontEnd kaldi = frontEnd(kaldi(true, Normalization.NONE));
    float[] fbank = kaldi.features(SIGNAL, 16000);
    Goldens.assertClose("kaldi", GOLDENS.get("kaldi_fbank_snip"), fbank, 1e-5);
    FrontEndConfig nemo =
        new FrontEndConfig(Kind.LOG_MEL, 16000, 80, false, 1, Normalization.PER_FEATURE);
    float[] normalised = frontEnd(nemo).features(SIGNAL, 16000);
    Goldens.assertClose("nemo", GOLDENS.get("per_feature"), normalised, 1e-5);
    float[] reflect = new FrontEnd(nemo, null, null, LogMel.Padding.REFLECT).fbank(SIGNAL, 16000);
    Goldens.assertClose("reflect", GOLDENS.get("log_mel_reflect"), reflect, 1e-5);
  }

  @Test
  void resamples() {
    FrontEnd frontEnd = frontEnd(kaldi(false, Normalization.NONE));
    float[] in = Goldens.floats(GOLDENS.get("resample.44100.in"));
    float[] at16k = Goldens.floats(GOLDENS.get("resample.44100.out"));
    float[] features = frontEnd.fbank(in, 44100);
    assertEquals(frontEnd.frames(in.length, 44100) * 80, features.length);
    float[] expected = frontEnd.fbank(at16k, 16000);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], features[i], 1e-4);
    }
  }

  @Test
  void globalNormalisation() {
    float[] mean = new float[80];
    float[] istd = new float[80];
    for (int f = 0; f < 80; f++) {
      mean[f] = f / 10f;
      istd[f] = 1 / (f + 1f);
    }
    FrontEndConfig config = kaldi(true, Normalization.GLOBAL);
    FrontEnd frontEnd = new FrontEnd(config, mean, istd);
    float[] raw = frontEnd.fbank(SIGNAL, 16000);
    float[] features = frontEnd.features(SIGNAL, 16000);
    for (int i = 0; i < raw.length; i++) {
      assertEquals((raw[i] - mean[i % 80]) * istd[i % 80], features[i]);
    }
    assertThrows(IllegalArgumentException.class, () -> frontEnd(config));
    assertThrows(
        IllegalArgumentException.class, () -> new FrontEnd(config, new float[79], new float[79]));
    istd[7] = Float.NaN;
    assertThrows(IllegalArgumentException.class, () -> new FrontEnd(config, mean, istd));
  }

  @Test
  void perFeatureOfFewFrames() {
    float[] none = {};
    Cmvn.perFeature(none, 3);
    float[] one = {1, -2, 3};
    Cmvn.perFeature(one, 3);
    assertArrayEquals(new float[3], one, 0);
    float[] same = {5, 5, 5};
    Cmvn.perFeature(same, 1);
    assertArrayEquals(new float[3], same, 0);
    float[] two = {1, 3};
    Cmvn.perFeature(two, 1);
    assertEquals(-1 / (Math.sqrt(2) + 1e-5), two[0], 1e-7);
    assertThrows(IllegalArgumentException.class, () -> Cmvn.perFeature(new float[4], 3));
  }

  @Test
  void case68ShortAudioHasNoFrames() {
    for (Normalization normalization :
        new Normalization[] {Normalization.NONE, Normalization.PER_FEATURE}) {
      FrontEnd frontEnd = frontEnd(kaldi(true, normalization));
      assertEquals(0, frontEnd.features(new float[0], 16000).length);
      assertEquals(0, frontEnd.features(new float[1], 44100).length);
      assertEquals(0, frontEnd.features(new float[399], 16000).length);
      float[] silence = frontEnd.features(new float[400], 16000);
      assertEquals(80, silence.length);
      assertTrue(Float.isFinite(silence[0]));
    }
  }

  @Test
  void case64UnusableSamplesAreRefused() {
    FrontEnd frontEnd = frontEnd(kaldi(true, Normalization.NONE));
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1e38f}) {
      float[] x = new float[500];
      x[321] = bad;
      InvalidAudioException e =
          assertThrows(InvalidAudioException.class, () -> frontEnd.features(x, 16000));
      assertTrue(e.getMessage().startsWith("sample 321 is "), e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> frontEnd.features(new float[9], 5));
  }

  @Test
  void threadsShareOne() {
    FrontEnd frontEnd = frontEnd(kaldi(false, Normalization.PER_FEATURE));
    int[] rates = {16000, 8000, 44100};
    float[][] expected = new float[rates.length][];
    for (int i = 0; i < rates.length; i++) {
      expected[i] = frontEnd.features(SIGNAL, rates[i]);
    }
    IntStream.range(0, 300)
        .parallel()
        .forEach(i -> assertArrayEquals(expected[i % 3], frontEnd.features(SIGNAL, rates[i % 3])));
  }

  /** The features that the shared NeMo model was run with, on real speech. */
  @Test
  void realSpeech() throws IOException {
    Path wav = Repository.sharedOrSkip("data/nemo-conformer-ctc-small/0.wav");
    Path expected = Repository.sharedOrSkip("data/nemo-conformer-ctc-small/expected-0.npz");
    WavAudio audio = WavReader.read(wav);
    FrontEnd frontEnd = frontEnd(kaldi(false, Normalization.PER_FEATURE_POPULATION));
    float[] fbank = frontEnd.fbank(audio.samples(), audio.sampleRate());
    double raw = Goldens.assertClose("fbank", Goldens.npz(expected, "fbank"), fbank, 1e-3);
    frontEnd.normalize(fbank);
    double[] reference = Goldens.npz(expected, "fbank_normalised");
    double normalised = Goldens.assertClose("fbank_normalised", reference, fbank, 1e-3);
    System.out.printf("real speech: fbank within %.2g, normalised %.2g%n", raw, normalised);
  }
}

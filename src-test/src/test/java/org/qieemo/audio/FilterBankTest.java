package org.qieemo.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kaldi's and NeMo's features against float64, and their edge cases. */
class FilterBankTest {
  private static final double BOUND = 1e-5;
  private static final Map<String, double[]> GOLDENS =
      Goldens.safetensors("/audio/goldens.safetensors");
  private static final float[] SIGNAL = Goldens.floats(GOLDENS.get("signal"));

  private static KaldiFbank kaldi(boolean snip) {
    return new KaldiFbank(16000, 80, snip, 32768);
  }

  private static LogMel nemo(LogMel.Padding padding) {
    return new LogMel(16000, 80, 1, padding);
  }

  @Test
  void kaldi() {
    float[] snip = kaldi(true).extract(SIGNAL);
    Goldens.assertClose("snip", GOLDENS.get("kaldi_fbank_snip"), snip, BOUND);
    float[] whole = kaldi(false).extract(SIGNAL);
    Goldens.assertClose("no snip", GOLDENS.get("kaldi_fbank_nosnip"), whole, BOUND);
  }

  @Test
  void nemo() {
    float[] constant = new LogMel(16000, 80, 1).extract(SIGNAL);
    Goldens.assertClose("constant", GOLDENS.get("log_mel_constant"), constant, BOUND);
    float[] reflect = nemo(LogMel.Padding.REFLECT).extract(SIGNAL);
    Goldens.assertClose("reflect", GOLDENS.get("log_mel_reflect"), reflect, BOUND);
    Cmvn.perFeature(constant, 80);
    Goldens.assertClose("per feature", GOLDENS.get("per_feature"), constant, BOUND);
  }

  @Test
  void frameCounts() {
    KaldiFbank snip = kaldi(true);
    assertArrayEquals(new int[] {0, 0, 1, 1, 2, 98}, counts(snip, 0, 399, 400, 559, 560, 16000));
    assertArrayEquals(
        new int[] {0, 0, 1, 1, 2, 100}, counts(kaldi(false), 0, 79, 80, 239, 240, 16000));
    LogMel nemo = nemo(LogMel.Padding.CONSTANT);
    assertArrayEquals(new int[] {0, 1, 1, 2, 101}, counts(nemo, 0, 1, 159, 160, 16000));
    assertTrue(kaldi(false).frames(Integer.MAX_VALUE) > 0);
  }

  private static int[] counts(FeatureExtractor extractor, int... samples) {
    return Arrays.stream(samples).map(extractor::frames).toArray();
  }

  @Test
  void times() {
    assertEquals(0.01, kaldi(true).frameShift(), 1e-15);
    assertEquals(0.0125, kaldi(true).frameCentre(0), 1e-15);
    assertEquals(1.0125, kaldi(true).frameCentre(100), 1e-12);
    assertEquals(0.005, kaldi(false).frameCentre(0), 1e-15);
    assertEquals(1.0, nemo(LogMel.Padding.CONSTANT).frameCentre(100), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 79, 80, 81, 159, 200, 399, 400, 401})
  void case68ShortAndSilentSignalsAreFinite(int n) {
    for (FeatureExtractor extractor :
        new FeatureExtractor[] {
          kaldi(true), kaldi(false), nemo(LogMel.Padding.CONSTANT), nemo(LogMel.Padding.REFLECT)
        }) {
      float[] silence = extractor.extract(new float[n]);
      assertEquals(extractor.frames(n) * 80, silence.length);
      double floor = extractor instanceof KaldiFbank ? Math.log(0x1p-23) : Math.log(0x1p-24);
      for (float value : silence) {
        assertEquals((float) floor, value);
      }
      float[] loud = new float[n];
      Arrays.fill(loud, Samples.MAX_MAGNITUDE);
      loud[n / 2] = -Samples.MAX_MAGNITUDE;
      for (float value : extractor.extract(loud)) {
        assertTrue(Float.isFinite(value));
      }
    }
  }

  /** Cutting the frames over several calls changes no bit. */
  @Test
  void piecesAreBitIdentical() {
    for (FeatureExtractor extractor :
        new FeatureExtractor[] {kaldi(true), kaldi(false), nemo(LogMel.Padding.REFLECT)}) {
      float[] whole = extractor.extract(SIGNAL);
      int frames = extractor.frames(SIGNAL.length);
      float[] parts = new float[whole.length + 3];
      for (int t = 0; t < frames; t += 5) {
        extractor.extract(SIGNAL, t, Math.min(5, frames - t), parts, 3 + t * 80);
      }
      assertArrayEquals(whole, Arrays.copyOfRange(parts, 3, parts.length), 0);
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> extractor.extract(SIGNAL, 1, frames, new float[whole.length], 0));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> extractor.extract(SIGNAL, 0, frames, new float[whole.length], 1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 8000, 11025, 22050, 44100, 768_000})
  void otherRates(int rate) {
    float[] x = new float[rate / 10];
    x[rate / 20] = 1;
    for (FeatureExtractor extractor :
        new FeatureExtractor[] {
          new KaldiFbank(rate, 40, true, 1), new LogMel(rate, 40, 1, LogMel.Padding.REFLECT)
        }) {
      assertEquals(rate, extractor.sampleRate());
      float[] features = extractor.extract(x);
      assertTrue(features.length > 0);
      for (float value : features) {
        assertTrue(Float.isFinite(value));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(LogMel.Padding.class)
  void noAllocationPerFrame(LogMel.Padding padding) {
    com.sun.management.ThreadMXBean meter =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    float[] samples = new float[160_000];
    for (FeatureExtractor extractor : new FeatureExtractor[] {kaldi(false), nemo(padding)}) {
      int frames = extractor.frames(samples.length);
      float[] out = new float[frames * 80];
      extractor.extract(samples, 0, frames, out, 0);
      long before = meter.getCurrentThreadAllocatedBytes();
      extractor.extract(samples, 0, frames, out, 0);
      long used = meter.getCurrentThreadAllocatedBytes() - before;
      assertTrue(used < 64_000, "allocated " + used + " bytes for " + frames + " frames");
    }
  }
}

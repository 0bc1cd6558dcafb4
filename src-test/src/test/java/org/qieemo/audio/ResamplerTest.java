package org.qieemo.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The resampler against torchaudio's formula, and against physics. */
class ResamplerTest {
  private static final Map<String, double[]> GOLDENS =
      Goldens.safetensors("/audio/goldens.safetensors");

  @ParameterizedTest
  @ValueSource(ints = {44100, 8000, 48000, 22050, 11025, 15999, 96000, 96001})
  void torchaudio(int rate) {
    float[] in = Goldens.floats(GOLDENS.get("resample." + rate + ".in"));
    double[] expected = GOLDENS.get("resample." + rate + ".out");
    float[] out = new Resampler(rate, 16000).resample(in);
    Goldens.assertClose(rate + " Hz", expected, out, 1e-7);
  }

  private static float[] tone(double hz, int rate, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) (0.8 * Math.sin(2 * Math.PI * hz * i / rate));
    }
    return x;
  }

  @ParameterizedTest
  @CsvSource({
    "44100, 16000",
    "8000, 16000",
    "48000, 16000",
    "16000, 44100",
    "22050, 16000",
    "11025, 16000",
    "15999, 16000",
    "96000, 16000",
    "192000, 16000",
    "767999, 16000",
    "16000, 16001"
  })
  void aToneStaysTheTone(int from, int to) {
    float[] out = new Resampler(from, to).resample(tone(1000, from, from / 4));
    float[] expected = tone(1000, to, out.length);
    int edge = to / 100;
    for (int i = edge; i < out.length - edge; i++) {
      assertEquals(expected[i], out[i], 1e-3, "sample " + i);
    }
  }

  @ParameterizedTest
  @CsvSource({"44100, 10000", "44100, 12000", "48000, 10000", "96000, 30000", "22050, 10000"})
  void tonesBeyondNyquistAreRemoved(int from, double hz) {
    float[] out = new Resampler(from, 16000).resample(tone(hz, from, from / 4));
    double worst = 0;
    for (int i = 160; i < out.length - 160; i++) {
      worst = Math.max(worst, Math.abs(out[i]));
    }
    assertTrue(worst < 0.8e-2, hz + " Hz leaks with amplitude " + worst);
  }

  @ParameterizedTest
  @CsvSource({
    "44100, 16000, 0, 0", "44100, 16000, 1, 1", "44100, 16000, 441, 160",
    "44100, 16000, 442, 161", "8000, 16000, 7, 14", "48000, 16000, 7, 3",
    "15999, 16000, 15999, 16000", "768000, 1000, 769, 2", "1000, 768000, 3, 2304"
  })
  void length(int from, int to, int n, int expected) {
    Resampler resampler = new Resampler(from, to);
    assertEquals(expected, resampler.outputLength(n));
    assertEquals(expected, resampler.resample(new float[n]).length);
  }

  @Test
  void equalRatesAreTheIdentity() {
    float[] x = tone(440, 16000, 100);
    assertSame(x, new Resampler(16000, 16000).resample(x));
  }

  @Test
  void ratesOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new Resampler(0, 16000));
    assertThrows(IllegalArgumentException.class, () -> new Resampler(16000, 999));
    assertThrows(IllegalArgumentException.class, () -> new Resampler(768_001, 16000));
  }

  /** Rates without a common factor must not cost memory by their product. */
  @Test
  void memoryIsBounded() {
    com.sun.management.ThreadMXBean meter =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    for (int[] rates : new int[][] {{767_999, 768_000}, {767_999, 1000}, {1009, 767_999}}) {
      long before = meter.getCurrentThreadAllocatedBytes();
      new Resampler(rates[0], rates[1]);
      long used = meter.getCurrentThreadAllocatedBytes() - before;
      assertTrue(used < 32 << 20, rates[0] + " to " + rates[1] + " allocated " + used);
    }
  }
}

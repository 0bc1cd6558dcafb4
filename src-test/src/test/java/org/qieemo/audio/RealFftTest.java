package org.qieemo.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The FFT against the plain sum. */
class RealFftTest {
  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048})
  void againstTheSum(int n) {
    Random random = new Random(n);
    double[] x = random.doubles(n, -1, 1).toArray();
    RealFft fft = new RealFft(n);
    RealFft.Scratch scratch = fft.scratch();
    double[] power = new double[n / 2 + 1];
    for (int round = 0; round < 2; round++) {
      fft.power(x, power, scratch);
      for (int k = 0; k <= n / 2; k++) {
        assertEquals(slow(x, k), power[k], 1e-11 * n, "bin " + k + " of " + n);
      }
    }
  }

  private static double slow(double[] x, int k) {
    double re = 0;
    double im = 0;
    for (int i = 0; i < x.length; i++) {
      double angle = 2 * Math.PI * ((long) i * k % x.length) / x.length;
      re += x[i] * Math.cos(angle);
      im -= x[i] * Math.sin(angle);
    }
    return re * re + im * im;
  }

  @Test
  void sizes() {
    assertEquals(4, RealFft.sizeFor(1));
    assertEquals(4, RealFft.sizeFor(4));
    assertEquals(8, RealFft.sizeFor(5));
    assertEquals(512, RealFft.sizeFor(400));
    assertEquals(512, RealFft.sizeFor(512));
    assertThrows(IllegalArgumentException.class, () -> new RealFft(2));
    assertThrows(IllegalArgumentException.class, () -> new RealFft(100));
  }
}

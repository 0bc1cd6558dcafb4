package org.qieemo.audio;

/**
 * Power spectrum of real frames whose size is a power of two, in double precision: a complex FFT of
 * half the size (Stockham, radix 4, self-sorting) and the usual split into the real one's bins.
 *
 * <p>Immutable and thread-safe; each thread brings its own {@link Scratch}.
 */
final class RealFft {
  private final int size;
  private final int half;

  /** cos and -sin of 2 pi i / size, i = 0..size/2-1. */
  private final double[] cos;

  private final double[] sin;

  /** Working memory of one thread. */
  static final class Scratch {
    private double[] re;
    private double[] im;
    private double[] re2;
    private double[] im2;

    Scratch(int half) {
      re = new double[half];
      im = new double[half];
      re2 = new double[half];
      im2 = new double[half];
    }

    private void swap() {
      double[] r = re;
      double[] i = im;
      re = re2;
      im = im2;
      re2 = r;
      im2 = i;
    }
  }

  /**
   * @param size N, a power of two, at least 4
   */
  RealFft(int size) {
    if (size < 4 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException("FFT size must be a power of two from 4, found " + size);
    }
    this.size = size;
    half = size / 2;
    cos = new double[half];
    sin = new double[half];
    for (int i = 0; i < half; i++) {
      cos[i] = Math.cos(2 * Math.PI * i / size);
      sin[i] = -Math.sin(2 * Math.PI * i / size);
    }
  }

  /** The least size that holds n samples. */
  static int sizeFor(int n) {
    return Math.max(4, n <= 1 ? 1 : Integer.highestOneBit(n - 1) << 1);
  }

  int size() {
    return size;
  }

  Scratch scratch() {
    return new Scratch(half);
  }

  /**
   * Computes |X[k]|^2.
   *
   * @param x [N] a real frame
   * @param power [N/2 + 1] receives the spectrum
   */
  void power(double[] x, double[] power, Scratch s) {
    for (int i = 0; i < half; i++) {
      s.re[i] = x[2 * i];
      s.im[i] = x[2 * i + 1];
    }
    int stride = 1;
    for (int n = half; n > 1; n >>= 2, stride <<= 2) {
      if (n == 2) {
        radix2(stride, s);
      } else {
        radix4(n, stride, s);
      }
      s.swap();
    }
    split(power, s);
  }

  private void radix2(int stride, Scratch s) {
    for (int q = 0; q < stride; q++) {
      double ar = s.re[q];
      double ai = s.im[q];
      double br = s.re[q + stride];
      double bi = s.im[q + stride];
      s.re2[q] = ar + br;
      s.im2[q] = ai + bi;
      s.re2[q + stride] = ar - br;
      s.im2[q + stride] = ai - bi;
    }
  }

  /** One pass over sub-transforms of length n that lie stride apart. */
  private void radix4(int n, int stride, Scratch s) {
    int quarter = n / 4;
    int step = size / n;
    for (int p = 0; p < quarter; p++) {
      butterflies(p * step, stride * p, stride * quarter, stride * 4 * p, stride, s);
    }
  }

  /** Butterflies that share their twiddle factor w = exp(-2 pi i turn / N). */
  private void butterflies(int turn, int from, int apart, int to, int stride, Scratch s) {
    double[] re = s.re;
    double[] im = s.im;
    double[] re2 = s.re2;
    double[] im2 = s.im2;
    double w1r = cos[turn];
    double w1i = sin[turn];
    double w2r = w1r * w1r - w1i * w1i;
    double w2i = 2 * w1r * w1i;
    double w3r = w1r * w2r - w1i * w2i;
    double w3i = w1r * w2i + w1i * w2r;
    for (int q = 0; q < stride; q++) {
      int a = from + q;
      double sumR = re[a] + re[a + 2 * apart];
      double sumI = im[a] + im[a + 2 * apart];
      double difR = re[a] - re[a + 2 * apart];
      double difI = im[a] - im[a + 2 * apart];
      double sum2R = re[a + apart] + re[a + 3 * apart];
      double sum2I = im[a + apart] + im[a + 3 * apart];
      double turnR = im[a + apart] - im[a + 3 * apart];
      double turnI = re[a + 3 * apart] - re[a + apart];
      int b = to + q;
      re2[b] = sumR + sum2R;
      im2[b] = sumI + sum2I;
      re2[b + stride] = w1r * (difR + turnR) - w1i * (difI + turnI);
      im2[b + stride] = w1r * (difI + turnI) + w1i * (difR + turnR);
      re2[b + 2 * stride] = w2r * (sumR - sum2R) - w2i * (sumI - sum2I);
      im2[b + 2 * stride] = w2r * (sumI - sum2I) + w2i * (sumR - sum2R);
      re2[b + 3 * stride] = w3r * (difR - turnR) - w3i * (difI - turnI);
      im2[b + 3 * stride] = w3r * (difI - turnI) + w3i * (difR - turnR);
    }
  }

  /**
   * X[k] = E[k] + w^k O[k], where the half-size transform Z holds even and odd samples: E + i O.
   */
  private void split(double[] power, Scratch s) {
    double[] re = s.re;
    double[] im = s.im;
    power[0] = (re[0] + im[0]) * (re[0] + im[0]);
    power[half] = (re[0] - im[0]) * (re[0] - im[0]);
    for (int k = 1; k < half; k++) {
      int m = half - k;
      double evenR = 0.5 * (re[k] + re[m]);
      double evenI = 0.5 * (im[k] - im[m]);
      double oddR = 0.5 * (im[k] + im[m]);
      double oddI = 0.5 * (re[m] - re[k]);
      double r = evenR + cos[k] * oddR - sin[k] * oddI;
      double i = evenI + cos[k] * oddI + sin[k] * oddR;
      power[k] = r * r + i * i;
    }
  }
}

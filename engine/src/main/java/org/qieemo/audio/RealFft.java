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

  private final Pass[] passes;

  /** The twiddle factors w, w^2, w^3 of one radix-4 pass, for each of its butterflies. */
  private static final class Pass {
    private final int stride;
    private final double[] cos1;
    private final double[] sin1;
    private final double[] cos2;
    private final double[] sin2;
    private final double[] cos3;
    private final double[] sin3;

    Pass(int half, int stride) {
      this.stride = stride;
      cos1 = wave(half, stride, 1, 0);
      sin1 = wave(half, stride, 1, 1);
      cos2 = wave(half, stride, 2, 0);
      sin2 = wave(half, stride, 2, 1);
      cos3 = wave(half, stride, 3, 0);
      sin3 = wave(half, stride, 3, 1);
    }

    /** cos (quarters 0) or -sin (quarters 1) of 2 pi power p stride / half, p = i / stride. */
    private static double[] wave(int half, int stride, int power, int quarters) {
      double[] out = new double[half / 4];
      for (int i = 0; i < out.length; i++) {
        double angle = 2 * Math.PI * power * (i / stride) * stride / half;
        out[i] = quarters == 0 ? Math.cos(angle) : -Math.sin(angle);
      }
      return out;
    }
  }

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
    passes = new Pass[Integer.numberOfTrailingZeros(half) / 2];
    for (int i = 0; i < passes.length; i++) {
      passes[i] = new Pass(half, 1 << 2 * i);
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
    for (Pass pass : passes) {
      radix4(pass, s);
      s.swap();
    }
    if (Integer.numberOfTrailingZeros(half) % 2 == 1) {
      radix2(s);
      s.swap();
    }
    split(power, s);
  }

  /** The last pass where half is no power of four: pairs that lie half / 2 apart. */
  private void radix2(Scratch s) {
    int apart = half / 2;
    for (int q = 0; q < apart; q++) {
      s.re2[q] = s.re[q] + s.re[q + apart];
      s.im2[q] = s.im[q] + s.im[q + apart];
      s.re2[q + apart] = s.re[q] - s.re[q + apart];
      s.im2[q + apart] = s.im[q] - s.im[q + apart];
    }
  }

  /**
   * One pass: butterfly i takes inputs i + r half/4 and, in its group of stride butterflies that
   * share a twiddle factor w, writes the outputs w^r stride apart.
   */
  private void radix4(Pass pass, Scratch s) {
    double[] re = s.re;
    double[] im = s.im;
    double[] re2 = s.re2;
    double[] im2 = s.im2;
    int stride = pass.stride;
    int quarter = half / 4;
    for (int i = 0; i < quarter; i++) {
      double sumR = re[i] + re[i + 2 * quarter];
      double sumI = im[i] + im[i + 2 * quarter];
      double difR = re[i] - re[i + 2 * quarter];
      double difI = im[i] - im[i + 2 * quarter];
      double sum2R = re[i + quarter] + re[i + 3 * quarter];
      double sum2I = im[i + quarter] + im[i + 3 * quarter];
      double turnR = im[i + quarter] - im[i + 3 * quarter];
      double turnI = re[i + 3 * quarter] - re[i + quarter];
      int to = 4 * i - 3 * (i & (stride - 1));
      re2[to] = sumR + sum2R;
      im2[to] = sumI + sum2I;
      double r1 = difR + turnR;
      double i1 = difI + turnI;
      re2[to + stride] = pass.cos1[i] * r1 - pass.sin1[i] * i1;
      im2[to + stride] = pass.cos1[i] * i1 + pass.sin1[i] * r1;
      double r2 = sumR - sum2R;
      double i2 = sumI - sum2I;
      re2[to + 2 * stride] = pass.cos2[i] * r2 - pass.sin2[i] * i2;
      im2[to + 2 * stride] = pass.cos2[i] * i2 + pass.sin2[i] * r2;
      double r3 = difR - turnR;
      double i3 = difI - turnI;
      re2[to + 3 * stride] = pass.cos3[i] * r3 - pass.sin3[i] * i3;
      im2[to + 3 * stride] = pass.cos3[i] * i3 + pass.sin3[i] * r3;
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

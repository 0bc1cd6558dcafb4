package org.qieemo.audio;

import java.util.Arrays;

/** Triangular filters over a power spectrum, stored without their zeros. Immutable, thread-safe. */
final class MelBank {
  private static final double KALDI_LOW_HZ = 20;
  private static final double SLANEY_HZ_PER_MEL = 200.0 / 3;
  private static final double SLANEY_BREAK_HZ = 1000;
  private static final double SLANEY_BREAK_MEL = SLANEY_BREAK_HZ / SLANEY_HZ_PER_MEL;
  private static final double SLANEY_LOG_STEP = Math.log(6.4) / 27;

  /** First FFT bin of each filter. */
  private final int[] first;

  /** weights[b][i] belongs to FFT bin first[b] + i. */
  private final double[][] weights;

  private MelBank(double[][] dense) {
    first = new int[dense.length];
    weights = new double[dense.length][];
    for (int b = 0; b < dense.length; b++) {
      int from = 0;
      int to = dense[b].length;
      while (from < to && dense[b][from] == 0) {
        from++;
      }
      while (to > from && dense[b][to - 1] == 0) {
        to--;
      }
      first[b] = from;
      weights[b] = Arrays.copyOfRange(dense[b], from, to);
    }
  }

  /**
   * Kaldi's filters: triangles in mel = 1127 ln(1 + f/700), from 20 Hz to Nyquist, over FFT bins
   * 0..N/2-1. Source: Kaldi feat/mel-computations.cc.
   */
  static MelBank kaldi(int bins, int fftSize, int sampleRate) {
    double low = kaldiMel(KALDI_LOW_HZ);
    double step = (kaldiMel(sampleRate / 2.0) - low) / (bins + 1);
    double[][] dense = new double[bins][fftSize / 2];
    for (int b = 0; b < bins; b++) {
      double left = low + b * step;
      for (int k = 0; k < fftSize / 2; k++) {
        double mel = kaldiMel((double) sampleRate * k / fftSize);
        dense[b][k] = Math.max(0, Math.min(mel - left, left + 2 * step - mel) / step);
      }
    }
    return new MelBank(dense);
  }

  private static double kaldiMel(double hz) {
    return 1127 * Math.log(1 + hz / 700);
  }

  /**
   * Slaney's filters: triangles in Hz between points that are even in mel, of area one, 0 Hz to
   * Nyquist, over FFT bins 0..N/2. Source: librosa.filters.mel, htk=False, norm="slaney".
   */
  static MelBank slaney(int bins, int fftSize, int sampleRate) {
    double[] hz = new double[bins + 2];
    double top = slaneyMel(sampleRate / 2.0);
    for (int i = 0; i < hz.length; i++) {
      hz[i] = slaneyHz(top * i / (bins + 1));
    }
    double[][] dense = new double[bins][fftSize / 2 + 1];
    for (int b = 0; b < bins; b++) {
      for (int k = 0; k <= fftSize / 2; k++) {
        double f = (double) sampleRate * k / fftSize;
        double rise = (f - hz[b]) / (hz[b + 1] - hz[b]);
        double fall = (hz[b + 2] - f) / (hz[b + 2] - hz[b + 1]);
        dense[b][k] = Math.max(0, Math.min(rise, fall)) * 2 / (hz[b + 2] - hz[b]);
      }
    }
    return new MelBank(dense);
  }

  private static double slaneyMel(double hz) {
    return hz < SLANEY_BREAK_HZ
        ? hz / SLANEY_HZ_PER_MEL
        : SLANEY_BREAK_MEL + Math.log(hz / SLANEY_BREAK_HZ) / SLANEY_LOG_STEP;
  }

  private static double slaneyHz(double mel) {
    return mel < SLANEY_BREAK_MEL
        ? mel * SLANEY_HZ_PER_MEL
        : SLANEY_BREAK_HZ * Math.exp((mel - SLANEY_BREAK_MEL) * SLANEY_LOG_STEP);
  }

  int bins() {
    return weights.length;
  }

  /** The energy of one filter over a power spectrum. */
  double energy(int bin, double[] power) {
    double[] w = weights[bin];
    int from = first[bin];
    double even = 0;
    double odd = 0;
    int i = 0;
    for (; i + 1 < w.length; i += 2) {
      even += w[i] * power[from + i];
      odd += w[i + 1] * power[from + i + 1];
    }
    return i < w.length ? even + odd + w[i] * power[from + i] : even + odd;
  }
}

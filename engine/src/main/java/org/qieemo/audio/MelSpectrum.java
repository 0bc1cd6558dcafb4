package org.qieemo.audio;

/**
 * What the filter banks share: window and hop in samples, the FFT, the mel filters. Immutable,
 * thread-safe.
 *
 * @param sampleRate Hz
 * @param window samples of 25 ms, rounded down
 * @param hop samples of 10 ms, rounded down
 * @param fft its size is the power of two that holds the window
 * @param bank the mel filters
 */
record MelSpectrum(int sampleRate, int window, int hop, RealFft fft, MelBank bank) {
  private static final int WINDOWS_PER_SECOND = 40;
  private static final int HOPS_PER_SECOND = 100;

  /** How a bank of filters is made. */
  interface BankMaker {
    MelBank make(int bins, int fftSize, int sampleRate);
  }

  static MelSpectrum of(int sampleRate, int bins, BankMaker maker) {
    if (sampleRate < 1000 || bins < 1) {
      throw new IllegalArgumentException(
          "sample rate must be from 1000 and bins from 1, found " + sampleRate + " and " + bins);
    }
    int window = sampleRate / WINDOWS_PER_SECOND;
    RealFft fft = new RealFft(RealFft.sizeFor(window));
    return new MelSpectrum(
        sampleRate,
        window,
        sampleRate / HOPS_PER_SECOND,
        fft,
        maker.make(bins, fft.size(), sampleRate));
  }

  double frameShift() {
    return (double) hop / sampleRate;
  }

  /** Working memory of one call. */
  final class Scratch {
    /** [N] the frame; zeros behind the window. */
    final double[] frame = new double[fft.size()];

    private final double[] power = new double[fft.size() / 2 + 1];
    private final RealFft.Scratch inner = fft.scratch();

    /** Writes ln(max(energy + offset, floor)) of the frame, [F]. */
    void logEnergies(double offset, double floor, float[] out, int at) {
      fft.power(frame, power, inner);
      for (int b = 0; b < bank.bins(); b++) {
        out[at + b] = (float) Math.log(Math.max(bank.energy(b, power) + offset, floor));
      }
    }
  }
}

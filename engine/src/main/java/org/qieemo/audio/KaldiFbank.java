package org.qieemo.audio;

/**
 * Kaldi's log-mel filter bank without dither and energy column, as WeNet, ESPnet and icefall
 * compute it at inference. Source: Kaldi feat/feature-window.cc, feat/feature-fbank.cc.
 *
 * <p>Per frame: samples times the scale; minus the frame's mean; y[i] = x[i] - 0.97 x[i-1], y[0] =
 * 0.03 x[0]; Povey's window (0.5 - 0.5 cos(2 pi i/(L-1)))^0.85; |FFT|^2; mel filters from 20 Hz to
 * Nyquist; ln(max(E, 2^-23)).
 */
public final class KaldiFbank implements FeatureExtractor {
  private static final double PRE_EMPHASIS = 0.97;
  private static final double POVEY = 0.85;
  private static final double FLOOR = 0x1p-23;

  private final MelSpectrum spectrum;
  private final boolean snipEdges;
  private final double scale;
  private final double[] window;

  /**
   * @param sampleRate Hz, from 1000
   * @param bins F
   * @param snipEdges true: only frames that fit, T = 1 + (n - L) / S; false: T = (n + S/2) / S,
   *     centred at S t + S/2, with the signal mirrored at both ends (-1 - i and 2n - 1 - i)
   * @param scale what samples are multiplied by, 32768 for Kaldi's models
   */
  public KaldiFbank(int sampleRate, int bins, boolean snipEdges, float scale) {
    spectrum = MelSpectrum.of(sampleRate, bins, MelBank::kaldi);
    this.snipEdges = snipEdges;
    this.scale = scale;
    window = new double[spectrum.window()];
    for (int i = 0; i < window.length; i++) {
      window[i] = Math.pow(0.5 - 0.5 * Math.cos(2 * Math.PI * i / (window.length - 1)), POVEY);
    }
  }

  @Override
  public int bins() {
    return spectrum.bank().bins();
  }

  @Override
  public int sampleRate() {
    return spectrum.sampleRate();
  }

  @Override
  public int frames(int samples) {
    int hop = spectrum.hop();
    if (snipEdges) {
      return samples < window.length ? 0 : 1 + (samples - window.length) / hop;
    }
    return (int) ((samples + hop / 2L) / hop);
  }

  @Override
  public int hop() {
    return spectrum.hop();
  }

  @Override
  public int reach() {
    return window.length;
  }

  @Override
  public double frameShift() {
    return spectrum.frameShift();
  }

  @Override
  public double frameCentre(int frame) {
    return (firstSample(frame) + window.length / 2.0) / sampleRate();
  }

  @Override
  public long firstSample(long frame) {
    long hop = spectrum.hop();
    return snipEdges ? frame * hop : frame * hop + hop / 2 - window.length / 2;
  }

  @Override
  public void extract(float[] samples, int firstFrame, int frameCount, float[] out, int offset) {
    FeatureExtractor.check(this, samples, firstFrame, frameCount, out, offset);
    MelSpectrum.Scratch scratch = spectrum.new Scratch();
    for (int t = 0; t < frameCount; t++) {
      cut(samples, firstSample(firstFrame + t), scratch.frame);
      shape(scratch.frame);
      scratch.logEnergies(0, FLOOR, out, offset + t * bins());
    }
  }

  private void cut(float[] samples, long start, double[] frame) {
    if (start >= 0 && start + window.length <= samples.length) {
      for (int i = 0; i < window.length; i++) {
        frame[i] = samples[(int) start + i] * scale;
      }
    } else {
      for (int i = 0; i < window.length; i++) {
        frame[i] = samples[mirror(start + i, samples.length)] * scale;
      }
    }
  }

  /** Reflects an index at both ends, each end sample twice, as often as it takes. */
  private static int mirror(long index, int n) {
    long i = Math.floorMod(index, 2L * n);
    return (int) (i < n ? i : 2L * n - 1 - i);
  }

  /** Removes the mean, pre-emphasises, windows. */
  private void shape(double[] frame) {
    double sum = 0;
    for (int i = 0; i < window.length; i++) {
      sum += frame[i];
    }
    double mean = sum / window.length;
    double previous = frame[0] - mean;
    for (int i = 0; i < window.length; i++) {
      double x = frame[i] - mean;
      frame[i] = (x - PRE_EMPHASIS * previous) * window[i];
      previous = x;
    }
  }
}

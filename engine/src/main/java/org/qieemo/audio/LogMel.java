package org.qieemo.audio;

/**
 * NeMo's log-mel spectrogram. Source: NeMo parts/preprocessing/features.py (FilterbankFeatures),
 * torch.stft, librosa.filters.mel.
 *
 * <p>Samples times the scale; pre-emphasis over the whole signal, y[i] = x[i] - 0.97 x[i-1], y[0] =
 * x[0]; frames centred at S t, T = 1 + n / S, the pre-emphasised signal padded at both ends; a
 * symmetric Hann window; |FFT|^2; Slaney's mel filters from 0 to Nyquist; ln(E + 2^-24).
 *
 * <p>Which of NeMo's versions: up to 1.x all T frames are valid, later ones mask the last. Here all
 * are kept. An empty signal has no frame.
 */
public final class LogMel implements FeatureExtractor {
  /** What lies beyond the signal's ends. */
  public enum Padding {
    /** Zeros: newer versions of NeMo. */
    CONSTANT,
    /** The signal mirrored without its end samples: older ones. */
    REFLECT
  }

  private static final double PRE_EMPHASIS = 0.97;
  private static final double GUARD = 0x1p-24;

  private final MelSpectrum spectrum;
  private final Padding padding;
  private final double scale;
  private final double[] window;

  /** Offset of a frame's first windowed sample from its centre. */
  private final int lead;

  /** As {@link #LogMel(int, int, float, Padding)} with {@link Padding#CONSTANT}. */
  public LogMel(int sampleRate, int bins, float scale) {
    this(sampleRate, bins, scale, Padding.CONSTANT);
  }

  /**
   * @param sampleRate Hz, from 1000
   * @param bins F
   * @param scale what samples are multiplied by, 1 for NeMo's models
   * @param padding what lies beyond the ends
   */
  public LogMel(int sampleRate, int bins, float scale, Padding padding) {
    spectrum = MelSpectrum.of(sampleRate, bins, MelBank::slaney);
    this.padding = padding;
    this.scale = scale;
    window = new double[spectrum.window()];
    for (int i = 0; i < window.length; i++) {
      window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / (window.length - 1));
    }
    int size = spectrum.fft().size();
    lead = (size - window.length) / 2 - size / 2;
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
    return samples == 0 ? 0 : 1 + samples / spectrum.hop();
  }

  @Override
  public int hop() {
    return spectrum.hop();
  }

  /** The pre-emphasis looks at the sample before the window. */
  @Override
  public long firstSample(long frame) {
    return frame * spectrum.hop() + lead - 1;
  }

  @Override
  public int reach() {
    return window.length + 1;
  }

  @Override
  public double frameShift() {
    return spectrum.frameShift();
  }

  @Override
  public double frameCentre(int frame) {
    return frame * frameShift();
  }

  @Override
  public void extract(float[] samples, int firstFrame, int frameCount, float[] out, int offset) {
    FeatureExtractor.check(this, samples, firstFrame, frameCount, out, offset);
    MelSpectrum.Scratch scratch = spectrum.new Scratch();
    for (int t = 0; t < frameCount; t++) {
      long start = (long) (firstFrame + t) * spectrum.hop() + lead;
      cut(samples, start, scratch.frame);
      scratch.logEnergies(GUARD, 0, out, offset + t * bins());
    }
  }

  private void cut(float[] samples, long start, double[] frame) {
    if (start > 0 && start + window.length <= samples.length) {
      int s = (int) start;
      for (int i = 0; i < window.length; i++) {
        frame[i] = (samples[s + i] - PRE_EMPHASIS * samples[s + i - 1]) * scale * window[i];
      }
    } else {
      for (int i = 0; i < window.length; i++) {
        frame[i] = emphasised(samples, start + i) * window[i];
      }
    }
  }

  /** A sample of the pre-emphasised, padded signal. */
  private double emphasised(float[] samples, long index) {
    int n = samples.length;
    if (padding == Padding.CONSTANT && (index < 0 || index >= n)) {
      return 0;
    }
    int i = reflect(index, n);
    double previous = i == 0 ? 0 : samples[i - 1];
    return (samples[i] - PRE_EMPHASIS * previous) * scale;
  }

  /** Reflects an index at both ends, each end sample once, as often as it takes. */
  private static int reflect(long index, int n) {
    if (n == 1) {
      return 0;
    }
    long period = 2L * (n - 1);
    long i = Math.floorMod(index, period);
    return (int) Math.min(i, period - i);
  }
}

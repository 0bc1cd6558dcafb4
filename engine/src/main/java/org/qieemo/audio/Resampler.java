package org.qieemo.audio;

/**
 * Changes the sample rate by a windowed sinc: Hann window of 6 zero crossings, cut-off at 0.99 of
 * the lower Nyquist frequency. The definition, kernel and edges (zeros beyond the ends) are those
 * of torchaudio.functional.resample with its defaults; source: torchaudio functional.py,
 * _get_sinc_resample_kernel. The kernel is computed in double precision, and so are the sums.
 *
 * <p>With the rates reduced to p : q, output sample n lies at input position n p / q, and depends
 * on the phase n mod q only. All phases are tabulated if they fit 8 MiB, else each kernel is
 * computed when it is needed. Immutable and thread-safe.
 */
public final class Resampler {
  private static final int ZERO_CROSSINGS = 6;
  private static final double ROLLOFF = 0.99;
  private static final int MIN_RATE = 1000;
  private static final int MAX_RATE = 768_000;
  private static final long MAX_TABLE = 1L << 20;

  private final int from;
  private final int to;

  /** p and q. */
  private final int inStep;

  private final int outStep;

  /** Zero crossings per input sample. */
  private final double density;

  private final int taps;

  /** [q][taps], or null where it would be too large. */
  private final double[][] table;

  /**
   * @param from Hz of the input, 1000 to 768000
   * @param to Hz of the output, the same
   */
  public Resampler(int from, int to) {
    requireRate(from);
    requireRate(to);
    this.from = from;
    this.to = to;
    int gcd = gcd(from, to);
    inStep = from / gcd;
    outStep = to / gcd;
    density = Math.min(inStep, outStep) * ROLLOFF / inStep;
    taps = 2 * (int) Math.floor(ZERO_CROSSINGS / density) + 2;
    table = from != to && (long) outStep * taps <= MAX_TABLE ? tabulate() : null;
  }

  private static void requireRate(int rate) {
    if (rate < MIN_RATE || rate > MAX_RATE) {
      throw new IllegalArgumentException("sample rate must be 1000 to 768000 Hz, found " + rate);
    }
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** Hz of the input. */
  public int from() {
    return from;
  }

  /** Hz of the output. */
  public int to() {
    return to;
  }

  /**
   * Length of the output, ceil(n to / from).
   *
   * @param samples n, at least 0
   */
  public long outputLength(long samples) {
    return -Math.floorDiv(-Math.multiplyExact(samples, outStep), inStep);
  }

  /**
   * Resamples a whole signal.
   *
   * @param samples [n]
   * @return [ceil(n to / from)]; the input itself if the rates are equal
   * @throws IllegalArgumentException the output is longer than an array can be
   */
  public float[] resample(float[] samples) {
    if (from == to) {
      return samples;
    }
    long length = outputLength(samples.length);
    if (length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          samples.length + " samples at " + from + " Hz are too many to resample to " + to);
    }
    float[] out = new float[(int) length];
    double[] scratch = scratch();
    for (int n = 0; n < out.length; n++) {
      out[n] = sample(samples, samples.length, 0, n, scratch);
    }
    return out;
  }

  /** What {@link #sample} computes a kernel in; null where none is needed. */
  double[] scratch() {
    return table == null ? new double[taps] : null;
  }

  /** Index of the first input sample that output sample {@code n} looks at; may be negative. */
  long firstInput(long n) {
    return n / outStep * inStep + firstTap((int) (n % outStep));
  }

  /** How many input samples an output sample looks at. */
  int taps() {
    return taps;
  }

  /**
   * One output sample. Input that is not there counts as zeros.
   *
   * @param x holds the input from index {@code start} on
   * @param count how many samples of {@code x} are input
   * @param n index in the output
   */
  float sample(float[] x, int count, long start, long n, double[] scratch) {
    int phase = (int) (n % outStep);
    double[] kernel = scratch;
    if (table == null) {
      fill(kernel, phase);
    } else {
      kernel = table[phase];
    }
    long first = firstInput(n) - start;
    int begin = (int) Math.max(0, -first);
    int end = (int) Math.min(taps, count - first);
    double sum = 0;
    for (int k = begin; k < end; k++) {
      sum += kernel[k] * x[(int) (first + k)];
    }
    return (float) sum;
  }

  private double[][] tabulate() {
    double[][] rows = new double[outStep][taps];
    for (int phase = 0; phase < outStep; phase++) {
      fill(rows[phase], phase);
    }
    return rows;
  }

  /** Input index of a phase's first tap, relative to the start of its period of p samples. */
  private int firstTap(int phase) {
    return (int) Math.ceil((double) phase * inStep / outStep - ZERO_CROSSINGS / density);
  }

  /** The taps of one phase: sinc(t) cos^2(pi t / 12) density, 0 beyond 6 zero crossings. */
  private void fill(double[] kernel, int phase) {
    int first = firstTap(phase);
    double centre = (double) phase * inStep / outStep;
    for (int k = 0; k < taps; k++) {
      double t = (first + k - centre) * density;
      if (Math.abs(t) >= ZERO_CROSSINGS) {
        kernel[k] = 0;
      } else {
        double hann = Math.cos(Math.PI * t / ZERO_CROSSINGS / 2);
        double sinc = t == 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
        kernel[k] = sinc * hann * hann * density;
      }
    }
  }
}

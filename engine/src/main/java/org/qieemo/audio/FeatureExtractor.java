package org.qieemo.audio;

import java.util.Objects;

/**
 * Turns samples into frames of log filter-bank energies. Window 25 ms, hop 10 ms, FFT of the next
 * power of two, all in double precision.
 *
 * <p>Implementations are immutable and thread-safe: working memory (four FFT-sized arrays) is made
 * per call, none per frame. Each frame is computed alone, so any split of the frames over calls or
 * threads gives the same bits.
 */
public sealed interface FeatureExtractor permits KaldiFbank, LogMel {
  /** F, features per frame. */
  int bins();

  /** Hz that the samples must have. */
  int sampleRate();

  /**
   * T, the frames of a signal. 0 if it is too short for one; never an error.
   *
   * @param samples its length, at least 0
   */
  int frames(int samples);

  /** Samples from one frame to the next. */
  int hop();

  /** Index of the first sample that a frame looks at; negative where it reaches over the start. */
  long firstSample(long frame);

  /** How many samples a frame looks at. */
  int reach();

  /** Seconds from one frame to the next. */
  double frameShift();

  /**
   * The time that a frame's window is centred on, in seconds from the first sample.
   *
   * @param frame from 0
   */
  double frameCentre(int frame);

  /**
   * Writes some frames.
   *
   * @param samples [n] the whole signal, mono in [-1,1], finite
   * @param firstFrame from 0
   * @param frameCount firstFrame + frameCount is at most {@code frames(n)}
   * @param out receives [frameCount, F]
   * @param offset where in {@code out}
   * @throws IndexOutOfBoundsException the frames do not exist or do not fit
   */
  void extract(float[] samples, int firstFrame, int frameCount, float[] out, int offset);

  /**
   * Computes all frames.
   *
   * @param samples [n] mono in [-1,1], finite
   * @return [T, F]
   * @throws ArithmeticException T * F is beyond an array's size
   */
  default float[] extract(float[] samples) {
    int frames = frames(samples.length);
    float[] out = new float[Math.multiplyExact(frames, bins())];
    extract(samples, 0, frames, out, 0);
    return out;
  }

  /** Checks the arguments of {@link #extract(float[], int, int, float[], int)}. */
  private static void check(int frames, int first, int count, long size, int offset, int length) {
    Objects.checkFromIndexSize(first, count, frames);
    Objects.checkFromIndexSize((long) offset, size, (long) length);
  }

  /** Checks the arguments of {@code extract} against one extractor. */
  static void check(
      FeatureExtractor extractor, float[] samples, int first, int count, float[] out, int offset) {
    int frames = extractor.frames(samples.length);
    check(frames, first, count, (long) count * extractor.bins(), offset, out.length);
  }
}

package org.qieemo.kernels.cpu;

import java.util.Arrays;
import org.qieemo.kernels.Conv2dGeometry;
import org.qieemo.kernels.HostTensor;

/**
 * Weights of a convolution of 3 x 3 taps and step 2 for minimal filtering (Winograd's, nested as in
 * Lavin and Gray, arXiv 1509.09308). In one dimension two results are
 *
 * <pre>
 * y0 = w0 x0 + w1 x1 + w2 x2 = m0 + m1 + m3     m0 = w0 (x0 - x2)   m3 = w1 x1
 * y1 = w0 x2 + w1 x3 + w2 x4 = m1 + m2 + m4     m1 = (w0 + w2) x2   m4 = w1 x3
 *                                               m2 = w2 (x4 - x2)
 * </pre>
 *
 * five products instead of six: the even taps are a filter F(2, 2), the odd one stays as it is.
 * Over time and frequency a tile of 2 x 2 results takes 25 products instead of 36, of differences
 * of values by sums of weights. A <em>term</em> is one of the five; m3 and m4 share their weights,
 * so that there are 4 x 4 matrices.
 */
final class MinimalFilter {
  /** Results of a tile over time, and over frequency. */
  static final int TILE = 2;

  /** Values from one tile to the next. */
  static final int TILE_STEP = 4;

  /** Values that a tile sees. */
  static final int SEEN = 5;

  /** Products of a tile. */
  static final int PRODUCTS = SEEN * SEEN;

  /** A side: the terms of y0 alone. */
  static final int FIRST = 0;

  /** The term of both. */
  static final int BOTH = 1;

  /** The terms of y1 alone. */
  static final int SECOND = 2;

  /** The side of one result. */
  static final int[] ONE = {FIRST, SECOND};

  private static final int TAPS = 3;

  /** With fewer the products are too shallow to be worth it: measured at 160 and 176. */
  private static final int LEAST_CHANNELS = 256;

  private static final int KINDS = 4; // of weights: w0, w0 + w2, w2, w1
  private static final int[][] TERMS = {{0, 3}, {1}, {2, 4}};
  private static final int[] PLUS = {0, 2, 4, 1, 3}; // which value a term takes
  private static final int[] MINUS = {2, -1, 2, -1, -1}; // which it takes away
  private static final int[] KIND = {0, 1, 2, 3, 3};

  /** The matrices as {@link TileBlock} needs them, so that it finds one behind the other. */
  private static final int[] USED = {5, 1, 13, 9, 4, 7, 0, 3, 12, 15, 8, 11, 6, 2, 14, 10};

  private static final int[][] KIND_TAPS = {{0}, {0, 2}, {2}, {1}};

  private final PackedMatrix[] weights; // [KINDS over time * KINDS over frequency], each [in, out]

  private MinimalFilter(PackedMatrix[] weights) {
    this.weights = weights;
  }

  /** Whether a convolution can be filtered so, and has channels enough for products. */
  static boolean fits(Conv2dGeometry geometry, CpuKernels kernels) {
    return geometry.kernel() == TAPS
        && geometry.stride() == TILE_STEP / TILE
        && geometry.inputChannels() >= LEAST_CHANNELS
        && columns(geometry) <= kernels.stripRows();
  }

  /** Tiles over the bins. */
  static int columns(Conv2dGeometry geometry) {
    return (geometry.outputBins() + TILE - 1) / TILE;
  }

  /**
   * Packs weights [out, {@value #TAPS}, {@value #TAPS}, in] and a bias, which the products of the
   * term of both results over time and frequency start from: every result has it once.
   */
  static MinimalFilter of(
      CpuBackend owner, HostTensor weight, HostTensor bias, Conv2dGeometry geometry) {
    float[] taps = weight.toFloats();
    PackedMatrix[] weights = new PackedMatrix[KINDS * KINDS];
    float[] sum = new float[geometry.outputChannels() * geometry.inputChannels()];
    for (int i : USED) {
      add(taps, KIND_TAPS[i / KINDS], KIND_TAPS[i % KINDS], geometry, sum);
      weights[i] = pack(owner, sum, geometry);
    }
    MinimalFilter filter = new MinimalFilter(weights);
    float[] biases = filter.weights(BOTH, BOTH).bias();
    System.arraycopy(bias.toFloats(), 0, biases, 0, geometry.outputChannels());
    return filter;
  }

  private static PackedMatrix pack(CpuBackend owner, float[] weight, Conv2dGeometry geometry) {
    int in = geometry.inputChannels();
    PackedMatrix packed = new PackedMatrix(owner.weights());
    owner.kernels().resize(packed, in, geometry.outputChannels());
    owner.kernels().pack(packed, 0, in, weight, 0, 1, in);
    return packed;
  }

  /** sum [out, in] = the weights of some taps over time and some over frequency. */
  private static void add(
      float[] weight, int[] overTime, int[] overBins, Conv2dGeometry geometry, float[] sum) {
    int in = geometry.inputChannels();
    Arrays.fill(sum, 0f);
    for (int t : overTime) {
      for (int f : overBins) {
        for (int out = 0; out < geometry.outputChannels(); out++) {
          int from = (out * TAPS * TAPS + t * TAPS + f) * in;
          for (int c = 0; c < in; c++) {
            sum[out * in + c] += weight[from + c];
          }
        }
      }
    }
  }

  /** The terms of a side. */
  static int[] terms(int side) {
    return TERMS[side];
  }

  /** Which value a term takes, counted from the first that its tile sees. */
  static int plus(int term) {
    return PLUS[term];
  }

  /** Which value it takes away; negative for none. */
  static int minus(int term) {
    return MINUS[term];
  }

  /** The weights [in, out] of a term over time and one over frequency. */
  PackedMatrix weights(int overTime, int overBins) {
    return weights[KIND[overTime] * KINDS + KIND[overBins]];
  }
}

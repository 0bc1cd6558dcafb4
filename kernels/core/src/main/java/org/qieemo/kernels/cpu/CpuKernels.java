package org.qieemo.kernels.cpu;

import java.nio.ByteBuffer;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.DType;

/**
 * The inner loops of the CPU back end, once per instruction set. Everything around them (checks,
 * threads, workspace, order of the steps) stands once in this package.
 *
 * <p>A matrix product runs in strips: up to {@link #stripRows()} rows of a by one panel of {@link
 * #panelWidth()} columns of b; the strip is row-major, its rows {@link #stripStride()} apart. Each
 * element of a product is one chain of fused multiply-adds in ascending depth, whatever the rows
 * around it, so that results depend neither on the batch nor on the number of threads.
 *
 * <p>Implementations have no state and are safe for use by many threads; what a call writes to is
 * its caller's alone. Ranges are trusted: {@link CpuExecution} has checked them.
 */
public interface CpuKernels {
  /** Taps over time and over frequency of {@link #convolve}. */
  int TAPS = 3;

  /** Bins from one result of {@link #convolve} to the next. */
  int STEP = 2;

  /** What runs, for people, such as {@code Vector API 512-bit}. */
  String name();

  /** Columns of a panel. */
  int panelWidth();

  /** Most rows of a strip. */
  int stripRows();

  /** Elements from one row of a strip to the next, at least {@link #panelWidth()}. */
  int stripStride();

  /**
   * Whether {@link #multiply} copies the rows of a that do not lie {@link #stripStride()} apart, so
   * that it pays to copy them once for several panels. A strip is multiplied where it lies.
   */
  boolean copiesRows();

  /** Where strips, product scratch and packed weights find their memory. */
  Arena newArena();

  /** Memory for {@link #multiply} to use while it works, for one strip. */
  ProductScratch newProductScratch(Arena arena);

  /**
   * Packs {@code depth} rows of all columns into the rows from {@code toDepth} on of {@code to},
   * which {@link #resize} has sized.
   *
   * @param from element (k, n) is {@code from[offset + k * depthStride + n * colStride]}
   */
  void pack(
      PackedMatrix to,
      int toDepth,
      int depth,
      float[] from,
      int offset,
      int depthStride,
      int colStride);

  /**
   * Packs a transposed matrix of another type than F32 without decoding it, if these kernels can; a
   * new bias is 0. Its products have the same bits as those of the decoded matrix.
   *
   * @param stored [cols, depth] of that type, little-endian, from the position to the limit
   * @return whether it is packed; if not, the caller decodes
   */
  default boolean packCompact(PackedMatrix to, int depth, int cols, DType type, ByteBuffer stored) {
    return false;
  }

  /**
   * Gives {@code matrix} the shape [depth, cols], growing its memory if it must; a new bias is 0.
   */
  void resize(PackedMatrix matrix, int depth, int cols);

  /**
   * strip[r, c] = bias[c] + sum over k in [from, to) of a[r, k] b[k, c], for one panel of b.
   *
   * @param a [rows, depth]
   * @param rows 1 to {@link #stripRows()}; the strip's rows beyond are undefined afterwards
   */
  void multiply(Rows a, int rows, PackedMatrix b, int panel, int from, int to, Strip strip);

  /** As {@link #multiply}, with the strip's own values in place of the bias. */
  void multiplyAdd(Rows a, int rows, PackedMatrix b, int panel, int from, int to, Strip strip);

  /** out[r, c] = strip[r, c] for c below {@code cols}. */
  void storeStrip(Strip strip, int rows, int cols, float[] out, int offset, int stride);

  /** out[r, c] += scale * strip[r, c] for c below {@code cols}. */
  void addStrip(Strip strip, int rows, int cols, float scale, float[] out, int offset, int stride);

  /** strip[r, c] = activation(strip[r, c]) for c below {@code cols}; not GLU. */
  void activateStrip(Activation activation, Strip strip, int rows, int cols, ThreadScratch scratch);

  /** strip[r, c] *= sigmoid(gates[r, c]) for c below {@code cols}. */
  void gateStrip(Strip strip, Strip gates, int rows, int cols, ThreadScratch scratch);

  /** x = activation(x) for {@code count} values from {@code offset} on; not GLU. */
  void activate(Activation activation, float[] x, int offset, int count, ThreadScratch scratch);

  /** LayerNorm of some rows, without the activation; out may be x. */
  void layerNorm(
      Rows x, int rows, float[] gamma, float[] beta, float eps, Rows out, ThreadScratch scratch);

  /** The largest of {@code count} values, at least 1. It may pass over NaN if there are others. */
  float max(float[] x, int offset, int count);

  /**
   * strip[r, c] = e^(strip[r, c] - tops[r]) for c below {@code count}; sums[r] grows by what they
   * sum up to, the same whether zeros follow or not.
   *
   * @param count a multiple of 16
   * @param tops for each row a value that none of the row is above
   */
  void exponentiate(
      Strip strip, int rows, int count, float[] tops, float[] sums, ThreadScratch scratch);

  /**
   * Keys with their positions: sums[r, c] = scale * (x[r, c] + y[r, c]), and what they give to
   * every query's score: dots[r] = scale * sum over c of (u[c] x[r, c] + v[c] y[r, c]).
   */
  void placeKeys(Rows x, Rows y, int rows, PlacedKeys keys, ThreadScratch scratch);

  /** One row of softmax, {@code count} at least 1; out may be x. A row of -infinity gives zeros. */
  void softmax(
      float[] x, int xOffset, float[] out, int outOffset, int count, ThreadScratch scratch);

  /** One row of log softmax, {@code count} at least 1; out may be x. */
  void logSoftmax(
      float[] x, int xOffset, float[] out, int outOffset, int count, ThreadScratch scratch);

  /** One row of out = alpha * x + beta * y; out may be x or y. */
  void scaledSum(float alpha, Rows x, float beta, Rows y, Rows out, int count);

  /** Some rows of out = x - y; out may be x. */
  void subtract(Rows x, Rows y, int rows, int cols, Rows out);

  /** One row of out = gate * a + (1 - gate) * b; out may be any of them. */
  void gatedSum(Rows gate, Rows a, Rows b, Rows out, int count);

  /**
   * Some rows of a depthwise convolution: out[r, c] = bias[c] + sum over k of w[k, c] x[r + k, c].
   *
   * @param x [rows + kernel - 1, channels]
   * @param rows of the result
   * @param weight [kernel, channels]
   * @param bias [channels]
   */
  void depthwise(Rows x, int rows, float[] weight, int kernel, float[] bias, Rows out);

  /** Whether {@link #convolve} is faster here than a product with the patches. */
  default boolean convolves() {
    return false;
  }

  /**
   * One frame of a convolution of one channel over time and frequency, with ReLU: out[p, c] =
   * max(0, bias[c] + sum over i, j of w[i, j, c] x[i, 2 p + j]).
   *
   * @param x [{@value #TAPS}, bins]
   * @param bins of the result
   * @param weight [{@value #TAPS}, {@value #TAPS}, channels]
   * @param bias [channels]
   * @param out [bins, channels]
   */
  default void convolve(Rows x, int bins, float[] weight, float[] bias, Rows out) {
    throw new UnsupportedOperationException(name() + " multiplies patches");
  }
}

package org.qieemo.kernels.plain;

import org.qieemo.kernels.Activation;
import org.qieemo.kernels.cpu.Arena;
import org.qieemo.kernels.cpu.CpuKernels;
import org.qieemo.kernels.cpu.PackedMatrix;
import org.qieemo.kernels.cpu.PlacedKeys;
import org.qieemo.kernels.cpu.ProductScratch;
import org.qieemo.kernels.cpu.Rows;
import org.qieemo.kernels.cpu.Strip;
import org.qieemo.kernels.cpu.ThreadScratch;

/** Kernels without any API beyond Java SE. Stateless and thread-safe. */
final class PlainKernels implements CpuKernels {
  private static final int STRIP_ROWS = 20 * PlainProduct.ROWS;

  private final boolean fused;

  /**
   * Chooses the product.
   *
   * @param fused whether to use {@link Math#fma}
   */
  PlainKernels(boolean fused) {
    this.fused = fused;
  }

  @Override
  public String name() {
    return fused ? "plain Java" : "plain Java without fused multiply-add";
  }

  @Override
  public int panelWidth() {
    return PlainProduct.WIDTH;
  }

  @Override
  public int stripRows() {
    return STRIP_ROWS;
  }

  @Override
  public int stripStride() {
    return PlainProduct.WIDTH;
  }

  @Override
  public boolean copiesRows() {
    return false;
  }

  /** C2 makes vectors of loops over arrays only where each has its own. */
  @Override
  public Arena newArena() {
    return Arena.ofSeparateArrays();
  }

  @Override
  public ProductScratch newProductScratch(Arena arena) {
    return PlainScratch.of(PlainProduct.WIDTH);
  }

  @Override
  public void resize(PackedMatrix matrix, int depth, int cols) {
    PlainProduct.resize(matrix, depth, cols);
  }

  @Override
  public void pack(
      PackedMatrix to,
      int toDepth,
      int depth,
      float[] from,
      int offset,
      int depthStride,
      int colStride) {
    PlainProduct.pack(to, toDepth, depth, from, offset, depthStride, colStride);
  }

  @Override
  public void multiply(Rows a, int rows, PackedMatrix b, int panel, int from, int to, Strip strip) {
    PlainProduct.fill(b, panel, rows, strip);
    PlainProduct.multiplyAdd(a, rows, b, panel, from, to, fused, strip);
  }

  @Override
  public void multiplyAdd(
      Rows a, int rows, PackedMatrix b, int panel, int from, int to, Strip strip) {
    PlainProduct.multiplyAdd(a, rows, b, panel, from, to, fused, strip);
  }

  @Override
  public void storeStrip(Strip strip, int rows, int cols, float[] out, int offset, int stride) {
    for (int r = 0; r < rows; r++) {
      int at = strip.row(r);
      System.arraycopy(strip.values(), at, out, offset + r * stride, cols);
    }
  }

  @Override
  public void addStrip(
      Strip strip, int rows, int cols, float scale, float[] out, int offset, int stride) {
    for (int r = 0; r < rows; r++) {
      int at = strip.row(r);
      int to = offset + r * stride;
      add(scale, strip.values(), at, out, to, cols);
    }
  }

  @Override
  public void activateStrip(
      Activation activation, Strip strip, int rows, int cols, ThreadScratch scratch) {
    for (int r = 0; r < rows; r++) {
      int at = strip.row(r);
      PlainActivations.apply(activation, strip.values(), at, at + cols);
    }
  }

  @Override
  public void gateStrip(Strip strip, Strip gates, int rows, int cols, ThreadScratch scratch) {
    for (int r = 0; r < rows; r++) {
      int at = strip.row(r); // of the gates too, as both begin their arrays
      PlainActivations.gate(strip.values(), gates.values(), at, at + cols);
    }
  }

  @Override
  public void activate(
      Activation activation, float[] x, int offset, int count, ThreadScratch scratch) {
    PlainActivations.apply(activation, x, offset, offset + count);
  }

  @Override
  public void layerNorm(
      Rows x, int rows, float[] gamma, float[] beta, float eps, Rows out, ThreadScratch scratch) {
    for (int r = 0; r < rows; r++) {
      int from = x.offset() + r * x.stride();
      int to = out.offset() + r * out.stride();
      layerNorm(x.data(), from, gamma, beta, eps, out.data(), to);
    }
  }

  private static void layerNorm(
      float[] values, int from, float[] gamma, float[] beta, float eps, float[] result, int to) {
    int n = gamma.length;
    float mean = sum(values, from, n) / n;
    float variance = sumOfSquares(values, from, n, mean) / n;
    float factor = (float) (1 / Math.sqrt(variance + eps));
    for (int j = 0; j < n; j++) {
      result[to + j] = (values[from + j] - mean) * factor * gamma[j] + beta[j];
    }
  }

  /** Sum in four chains, so that additions need not wait for each other. */
  private static float sum(float[] x, int offset, int n) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int j = 0;
    for (; j + 3 < n; j += 4) {
      s0 += x[offset + j];
      s1 += x[offset + j + 1];
      s2 += x[offset + j + 2];
      s3 += x[offset + j + 3];
    }
    for (; j < n; j++) {
      s0 += x[offset + j];
    }
    return s0 + s1 + (s2 + s3);
  }

  /** Sum of (x - mean)^2 in four chains. */
  private static float sumOfSquares(float[] x, int offset, int n, float mean) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int j = 0;
    for (; j + 3 < n; j += 4) {
      float d0 = x[offset + j] - mean;
      float d1 = x[offset + j + 1] - mean;
      float d2 = x[offset + j + 2] - mean;
      float d3 = x[offset + j + 3] - mean;
      s0 += d0 * d0;
      s1 += d1 * d1;
      s2 += d2 * d2;
      s3 += d3 * d3;
    }
    for (; j < n; j++) {
      float d = x[offset + j] - mean;
      s0 += d * d;
    }
    return s0 + s1 + (s2 + s3);
  }

  @Override
  public float max(float[] x, int offset, int count) {
    return PlainSoftmax.max(x, offset, count);
  }

  @Override
  public void exponentiate(
      Strip strip, int rows, int count, float[] tops, float[] sums, ThreadScratch scratch) {
    float[] x = strip.values();
    for (int r = 0; r < rows; r++) {
      int at = strip.row(r);
      sums[r] += PlainSoftmax.expSum(x, at, x, at, count, tops[r], scratch);
    }
  }

  @Override
  public void placeKeys(Rows x, Rows y, int rows, PlacedKeys keys, ThreadScratch scratch) {
    int cols = keys.width();
    float[] sums = keys.sums();
    for (int r = 0; r < rows; r++) {
      int xAt = x.offset() + r * x.stride();
      int yAt = y.offset() + r * y.stride();
      for (int c = 0; c < cols; c++) {
        sums[r * cols + c] = keys.scale() * (x.data()[xAt + c] + y.data()[yAt + c]);
      }
      float content = dot(keys.biasU(), keys.firstBias(), x.data(), xAt, cols);
      float position = dot(keys.biasV(), keys.firstBias(), y.data(), yAt, cols);
      keys.dots()[r] = keys.scale() * (content + position);
    }
  }

  /**
   * Sum of a[aAt + i] b[bAt + i], in four chains so that additions need not wait for each other.
   */
  private static float dot(float[] a, int aAt, float[] b, int bAt, int count) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      s0 += a[aAt + i] * b[bAt + i];
      s1 += a[aAt + i + 1] * b[bAt + i + 1];
      s2 += a[aAt + i + 2] * b[bAt + i + 2];
      s3 += a[aAt + i + 3] * b[bAt + i + 3];
    }
    for (; i < count; i++) {
      s0 += a[aAt + i] * b[bAt + i];
    }
    return s0 + s1 + (s2 + s3);
  }

  @Override
  public void softmax(
      float[] x, int xOffset, float[] out, int outOffset, int count, ThreadScratch scratch) {
    PlainSoftmax.softmax(x, xOffset, out, outOffset, count, scratch);
  }

  @Override
  public void logSoftmax(
      float[] x, int xOffset, float[] out, int outOffset, int count, ThreadScratch scratch) {
    PlainSoftmax.logSoftmax(x, xOffset, out, outOffset, count, scratch);
  }

  @Override
  public void scaledSum(float alpha, Rows x, float beta, Rows y, Rows out, int count) {
    float[] first = x.data();
    float[] second = y.data();
    float[] sum = out.data();
    int xAt = x.offset();
    int yAt = y.offset();
    int at = out.offset();
    for (int j = 0; j < count; j++) {
      sum[at + j] = alpha * first[xAt + j] + beta * second[yAt + j];
    }
  }

  @Override
  public void subtract(Rows x, Rows y, int rows, int cols, Rows out) {
    float[] first = x.data();
    float[] second = y.data();
    float[] difference = out.data();
    for (int r = 0; r < rows; r++) {
      int xAt = x.offset() + r * x.stride();
      int yAt = y.offset() + r * y.stride();
      int at = out.offset() + r * out.stride();
      for (int j = 0; j < cols; j++) {
        difference[at + j] = first[xAt + j] - second[yAt + j];
      }
    }
  }

  /** sum += scale * x. */
  private static void add(float scale, float[] x, int xAt, float[] sum, int at, int count) {
    for (int j = 0; j < count; j++) {
      sum[at + j] += scale * x[xAt + j];
    }
  }

  @Override
  public void gatedSum(Rows gate, Rows a, Rows b, Rows out, int count) {
    float[] gates = gate.data();
    float[] first = a.data();
    float[] second = b.data();
    float[] sum = out.data();
    int gateAt = gate.offset();
    int aAt = a.offset();
    int bAt = b.offset();
    int at = out.offset();
    for (int j = 0; j < count; j++) {
      float g = gates[gateAt + j];
      sum[at + j] = g * first[aAt + j] + (1 - g) * second[bAt + j];
    }
  }

  @Override
  public void depthwise(Rows x, int rows, float[] weight, int kernel, float[] bias, Rows out) {
    for (int r = 0; r < rows; r++) {
      int at = out.offset() + r * out.stride();
      System.arraycopy(bias, 0, out.data(), at, bias.length);
      for (int k = 0; k < kernel; k++) {
        int from = x.offset() + (r + k) * x.stride();
        addTap(x.data(), from, weight, k * bias.length, out.data(), at, bias.length);
      }
    }
  }

  /** out += w * x. */
  private static void addTap(
      float[] x, int from, float[] w, int wAt, float[] out, int at, int channels) {
    for (int c = 0; c < channels; c++) {
      out[at + c] += w[wAt + c] * x[from + c];
    }
  }
}

package org.qieemo.kernels.vector;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.Activation;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.cpu.Arena;
import org.qieemo.kernels.cpu.CpuKernels;
import org.qieemo.kernels.cpu.PackedMatrix;
import org.qieemo.kernels.cpu.PlacedKeys;
import org.qieemo.kernels.cpu.ProductScratch;
import org.qieemo.kernels.cpu.Rows;
import org.qieemo.kernels.cpu.Strip;
import org.qieemo.kernels.cpu.ThreadScratch;

/** Kernels on the Vector API. Stateless and thread-safe. */
final class VectorKernels implements CpuKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  @Override
  public String name() {
    return "Vector API " + SPECIES.vectorBitSize() + "-bit";
  }

  @Override
  public int panelWidth() {
    return VectorProduct.PANEL;
  }

  @Override
  public int stripRows() {
    return VectorProduct.STRIP_ROWS;
  }

  @Override
  public int stripStride() {
    return VectorProduct.STRIDE;
  }

  @Override
  public boolean copiesRows() {
    return true;
  }

  @Override
  public Arena newArena() {
    return Arena.ofLines();
  }

  @Override
  public ProductScratch newProductScratch(Arena arena) {
    return new VectorScratch(arena);
  }

  @Override
  public void resize(PackedMatrix matrix, int depth, int cols) {
    VectorProduct.resize(matrix, depth, cols);
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
    VectorProduct.pack(to, toDepth, depth, from, offset, depthStride, colStride);
  }

  @Override
  public boolean packCompact(PackedMatrix to, int depth, int cols, DType type, ByteBuffer stored) {
    return CompactPanel.pack(to, depth, cols, type, stored);
  }

  @Override
  public void multiply(Rows a, int rows, PackedMatrix b, int panel, int from, int to, Strip strip) {
    VectorProduct.multiply(a, rows, b, panel, from, to, strip);
  }

  @Override
  public void multiplyAdd(
      Rows a, int rows, PackedMatrix b, int panel, int from, int to, Strip strip) {
    VectorProduct.multiplyAdd(a, rows, b, panel, from, to, strip);
  }

  @Override
  public void storeStrip(Strip strip, int rows, int cols, float[] out, int offset, int stride) {
    float[] values = strip.values();
    int vectors = SPECIES.loopBound(cols);
    for (int r = 0; r < rows; r++) {
      int from = strip.row(r);
      int to = offset + r * stride;
      for (int c = 0; c < vectors; c += LANES) {
        FloatVector.fromArray(SPECIES, values, from + c).intoArray(out, to + c);
      }
      for (int c = vectors; c < cols; c++) {
        out[to + c] = values[from + c];
      }
    }
  }

  @Override
  public void addStrip(
      Strip strip, int rows, int cols, float scale, float[] out, int offset, int stride) {
    float[] values = strip.values();
    int vectors = SPECIES.loopBound(cols);
    FloatVector factor = FloatVector.broadcast(SPECIES, scale);
    for (int r = 0; r < rows; r++) {
      int from = strip.row(r);
      int to = offset + r * stride;
      for (int c = 0; c < vectors; c += LANES) {
        FloatVector sum = FloatVector.fromArray(SPECIES, out, to + c);
        FloatVector.fromArray(SPECIES, values, from + c).fma(factor, sum).intoArray(out, to + c);
      }
      for (int c = vectors; c < cols; c++) {
        out[to + c] = Math.fma(values[from + c], scale, out[to + c]);
      }
    }
  }

  @Override
  public void activateStrip(
      Activation activation, Strip strip, int rows, int cols, ThreadScratch scratch) {
    int count = wholeVectors(cols);
    for (int r = 0; r < rows; r++) {
      VectorActivations.apply(activation, strip.values(), strip.row(r), count, scratch);
    }
  }

  @Override
  public void gateStrip(Strip strip, Strip gates, int rows, int cols, ThreadScratch scratch) {
    int count = wholeVectors(cols);
    for (int r = 0; r < rows; r++) {
      float[] gate = gates.values();
      VectorActivations.gate(strip.values(), strip.row(r), gate, gates.row(r), count, scratch);
    }
  }

  /** Columns with those that fill the last vector, which a strip has room for. */
  private static int wholeVectors(int cols) {
    return (cols + LANES - 1) / LANES * LANES;
  }

  @Override
  public void activate(
      Activation activation, float[] x, int offset, int count, ThreadScratch scratch) {
    VectorActivations.apply(activation, x, offset, count, scratch);
  }

  @Override
  public void layerNorm(
      Rows x, int rows, float[] gamma, float[] beta, float eps, Rows out, ThreadScratch scratch) {
    VectorLayerNorm.rows(x, rows, gamma, beta, eps, out, scratch);
  }

  @Override
  public float max(float[] x, int offset, int count) {
    return Reductions.max(x, offset, count);
  }

  @Override
  public void exponentiate(
      Strip strip, int rows, int count, float[] tops, float[] sums, ThreadScratch scratch) {
    VectorAttention.exponentiate(strip, rows, count, tops, sums, scratch);
  }

  @Override
  public void placeKeys(Rows x, Rows y, int rows, PlacedKeys keys, ThreadScratch scratch) {
    VectorAttention.placeKeys(x, y, rows, keys, scratch);
  }

  @Override
  public void softmax(
      float[] x, int xOffset, float[] out, int outOffset, int count, ThreadScratch scratch) {
    VectorSoftmax.softmax(x, xOffset, out, outOffset, count, scratch);
  }

  @Override
  public void logSoftmax(
      float[] x, int xOffset, float[] out, int outOffset, int count, ThreadScratch scratch) {
    VectorSoftmax.logSoftmax(x, xOffset, out, outOffset, count, scratch);
  }

  @Override
  public void scaledSum(float alpha, Rows x, float beta, Rows y, Rows out, int count) {
    float[] first = x.data();
    float[] second = y.data();
    float[] sum = out.data();
    int xAt = x.offset();
    int yAt = y.offset();
    int at = out.offset();
    int vectors = SPECIES.loopBound(count);
    FloatVector a = FloatVector.broadcast(SPECIES, alpha);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector added = FloatVector.fromArray(SPECIES, second, yAt + i).mul(beta);
      FloatVector.fromArray(SPECIES, first, xAt + i).fma(a, added).intoArray(sum, at + i);
    }
    for (int i = vectors; i < count; i++) {
      sum[at + i] = Math.fma(first[xAt + i], alpha, second[yAt + i] * beta);
    }
  }

  @Override
  public void subtract(Rows x, Rows y, int rows, int cols, Rows out) {
    float[] first = x.data();
    float[] second = y.data();
    float[] difference = out.data();
    int vectors = SPECIES.loopBound(cols);
    for (int r = 0; r < rows; r++) {
      int xAt = x.offset() + r * x.stride();
      int yAt = y.offset() + r * y.stride();
      int at = out.offset() + r * out.stride();
      for (int i = 0; i < vectors; i += LANES) {
        FloatVector less = FloatVector.fromArray(SPECIES, second, yAt + i);
        FloatVector.fromArray(SPECIES, first, xAt + i).sub(less).intoArray(difference, at + i);
      }
      for (int i = vectors; i < cols; i++) {
        difference[at + i] = first[xAt + i] - second[yAt + i];
      }
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
    int vectors = SPECIES.loopBound(count);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int i = 0; i < vectors; i += LANES) {
      FloatVector g = FloatVector.fromArray(SPECIES, gates, gateAt + i);
      FloatVector added = FloatVector.fromArray(SPECIES, second, bAt + i).mul(one.sub(g));
      FloatVector.fromArray(SPECIES, first, aAt + i).fma(g, added).intoArray(sum, at + i);
    }
    for (int i = vectors; i < count; i++) {
      float g = gates[gateAt + i];
      sum[at + i] = Math.fma(first[aAt + i], g, second[bAt + i] * (1 - g));
    }
  }

  @Override
  public void depthwise(Rows x, int rows, float[] weight, int kernel, float[] bias, Rows out) {
    VectorDepthwise.rows(x, rows, weight, kernel, bias, out);
  }

  @Override
  public boolean convolves() {
    return true;
  }

  @Override
  public void convolve(Rows x, int bins, float[] weight, float[] bias, Rows out) {
    VectorConvolution.frame(x, bins, weight, bias, out);
  }
}

package org.qieemo.kernels.cpu;

/**
 * Keys of one head with their positions, as {@link CpuKernels#placeKeys} computes them, and the
 * biases that it needs. Of one thread; not thread-safe.
 */
public final class PlacedKeys {
  private float[] biasU = new float[0]; // [width]
  private float[] biasV = new float[0]; // [width]
  private int firstBias;
  private float scale;
  private int width;
  private float[] sums = new float[0]; // [rows, width]
  private float[] dots = new float[0]; // [rows]

  PlacedKeys() {}

  /** Takes the biases of one head. */
  PlacedKeys of(CpuAttention attention, int head) {
    biasU = attention.biasU();
    biasV = attention.biasV();
    scale = attention.scale();
    width = attention.headWidth();
    firstBias = head * width;
    return this;
  }

  /** Where the results go: scaled sums [rows, width] and dots [rows]. */
  PlacedKeys to(float[] newSums, float[] newDots) {
    sums = newSums;
    dots = newDots;
    return this;
  }

  /** Bias of the content, of the head's first column at {@link #firstBias()}. */
  public float[] biasU() {
    return biasU;
  }

  /** Bias of the positions, likewise. */
  public float[] biasV() {
    return biasV;
  }

  /** Where the head's biases begin. */
  public int firstBias() {
    return firstBias;
  }

  /** 1 / sqrt(width). */
  public float scale() {
    return scale;
  }

  /** Columns of the head. */
  public int width() {
    return width;
  }

  /** Results [rows, width], without gaps. */
  public float[] sums() {
    return sums;
  }

  /** Results [rows]. */
  public float[] dots() {
    return dots;
  }
}

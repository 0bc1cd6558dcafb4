package org.qieemo.kernels;

/**
 * Storage type of a weight. Block types store {@link #blockSize()} consecutive elements of a row in
 * {@link #blockBytes()} bytes.
 */
public enum DType {
  /** IEEE 754 binary32. */
  F32(1, 4),
  /** IEEE 754 binary16. */
  F16(1, 2),
  /** bfloat16: the upper half of a binary32. */
  BF16(1, 2),
  /** ggml's Q8_0: 32 signed bytes behind one binary16 scale. */
  Q8_0(32, 34);

  private final int blockSize;
  private final int blockBytes;

  DType(int blockSize, int blockBytes) {
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
  }

  /** Elements per block; 1 for the plain types. */
  public int blockSize() {
    return blockSize;
  }

  /** Bytes per block. */
  public int blockBytes() {
    return blockBytes;
  }

  /**
   * Bytes that hold {@code elements} elements.
   *
   * @throws IllegalArgumentException if the elements do not fill whole blocks
   * @throws ArithmeticException if the size overflows
   */
  public long bytes(long elements) {
    if (elements < 0 || elements % blockSize != 0) {
      throw new IllegalArgumentException(
          elements + " elements do not fill whole blocks of " + this);
    }
    return Math.multiplyExact(elements / blockSize, (long) blockBytes);
  }
}

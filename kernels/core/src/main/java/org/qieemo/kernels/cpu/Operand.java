package org.qieemo.kernels.cpu;

/**
 * Some rows on their way through several products: copied once into the shape that the kernels
 * multiply in place, where the kernels would otherwise copy them for every panel. Not thread-safe.
 */
final class Operand {
  private static final int MOST_BLOCKS = 4; // more would push the weights out of the cache

  private final CpuKernels kernels;
  private final int blockDepth;
  private final int blockSize; // elements
  private final Rows rows = new Rows();
  private float[] copies = new float[0]; // [block of depth][stripRows, stripStride]
  private Rows source; // null once copied
  private int count;
  private int depth;

  Operand(CpuKernels kernels) {
    this.kernels = kernels;
    blockDepth = kernels.panelWidth();
    blockSize = kernels.stripRows() * kernels.stripStride();
  }

  /**
   * Takes rows to multiply; they must stay as they are until the last product.
   *
   * @param x [rowCount, columns]
   * @param products panels that they will be multiplied by
   */
  Operand load(Rows x, int rowCount, int columns, int products) {
    count = rowCount;
    depth = columns;
    source = x;
    int blocks = (columns + blockDepth - 1) / blockDepth;
    if (kernels.copiesRows() && products > 1 && blocks <= MOST_BLOCKS) {
      copy(x, blocks);
      source = null;
    }
    return this;
  }

  private void copy(Rows x, int blocks) {
    if (copies.length < blocks * blockSize) {
      copies = new float[blocks * blockSize];
    }
    for (int k = 0; k < depth; k += blockDepth) {
      int size = Math.min(blockDepth, depth - k);
      int to = k / blockDepth * blockSize;
      for (int r = 0; r < count; r++) {
        int from = x.offset() + r * x.stride() + k;
        System.arraycopy(x.data(), from, copies, to + r * kernels.stripStride(), size);
      }
    }
  }

  /** strip = bias + x b for one panel of b. */
  void multiply(PackedMatrix b, int panel, Strip strip) {
    if (source != null) {
      kernels.multiply(source, count, b, panel, 0, depth, strip);
      return;
    }
    kernels.multiply(block(0), count, b, panel, 0, Math.min(blockDepth, depth), strip);
    for (int k = blockDepth; k < depth; k += blockDepth) {
      int end = Math.min(k + blockDepth, depth);
      kernels.multiplyAdd(block(k), count, b, panel, k, end, strip);
    }
  }

  /** The copies of the depths from {@code k} on, placed so that column k is column k. */
  private Rows block(int k) {
    return rows.at(copies, k / blockDepth * blockSize - k, kernels.stripStride());
  }
}

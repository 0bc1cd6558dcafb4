package org.qieemo.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.qieemo.FeatureMatrix;

/** Writes NumPy's .npy format 1.0: little-endian float32, C order. */
final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT = 64;
  private static final int BLOCK = 1 << 14;

  private NpyFile() {}

  static void write(FeatureMatrix matrix, OutputStream out) throws IOException {
    out.write(header(matrix.rows(), matrix.cols()));
    ByteBuffer block = ByteBuffer.allocate(BLOCK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = matrix.values();
    for (int from = 0; from < values.length; from += BLOCK) {
      int count = Math.min(BLOCK, values.length - from);
      block.asFloatBuffer().put(values, from, count);
      out.write(block.array(), 0, count * Float.BYTES);
    }
  }

  private static byte[] header(int rows, int cols) {
    String text =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + cols + "), }";
    int unpadded = MAGIC.length + Short.BYTES + text.length() + 1;
    int padding = Math.floorMod(-unpadded, ALIGNMENT);
    byte[] dictionary = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(unpadded + padding)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) dictionary.length)
        .put(dictionary)
        .array();
  }
}

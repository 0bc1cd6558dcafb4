package org.qieemo.kernels.vector;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.Decoder;
import org.qieemo.kernels.cpu.PackedMatrix;

/**
 * Q8_0 weights that stay in eight bits. Before a narrow panel is multiplied, its block of depth is
 * decoded into the first-level cache, once for a whole strip of rows: a few percent of the
 * product's work, for a quarter of the memory traffic. Values are those of {@link Decoder}, bit by
 * bit.
 *
 * <p>Packed order: word (k / 4, column) of the order of {@link VectorProduct} holds the depths k to
 * k + 3 of a column, the first in its lowest byte. So every vector is of the width that the JVM
 * prefers, and shifts spread the bytes.
 */
final class QuantizedPanel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = VectorProduct.WIDTH;
  private static final int DEPTH = 32; // of one scale
  private static final int BYTES = DEPTH + 2; // of one block in the file
  private static final int PER_WORD = 4;
  private static final int WORDS_PER_LINE = 16; // of a cache

  private QuantizedPanel() {}

  /** Packs [cols, depth] in Q8_0; depth is a multiple of 32. */
  static void pack(PackedMatrix to, int depth, int cols, ByteBuffer blocks) {
    int padded = VectorProduct.paddedColumns(cols);
    int[] words = new int[Math.multiplyExact(depth, padded) / PER_WORD];
    float[] scales = new float[depth / DEPTH * padded];
    to.setQuantized(depth, cols, padded, words, scales);
    int at = blocks.position();
    for (int n = 0; n < cols; n++) {
      for (int k = 0; k < depth; k += DEPTH) {
        scales[scale(to, n / WIDTH, k) + n % WIDTH] = Decoder.halfToFloat(blocks.getShort(at));
        packBlock(blocks, at + 2, to, n, k);
        at += BYTES;
      }
    }
  }

  private static void packBlock(ByteBuffer blocks, int at, PackedMatrix to, int n, int k) {
    int width = VectorProduct.width(to.cols(), n / WIDTH);
    int word = word(to, n / WIDTH, k) + n % WIDTH;
    for (int i = 0; i < DEPTH; i += PER_WORD) {
      to.words()[word] = blocks.getInt(at + i);
      word += width;
    }
  }

  /** Index of the word that holds (k, 0) of a narrow panel; k is a multiple of four. */
  private static int word(PackedMatrix matrix, int narrow, int k) {
    return VectorProduct.position(matrix, narrow, k) / PER_WORD;
  }

  /** Index of the scale of (k, 0) and the depths behind it, in the same order as the words. */
  private static int scale(PackedMatrix matrix, int narrow, int k) {
    return VectorProduct.position(matrix, narrow, k) / DEPTH;
  }

  /** Decodes {@code depth} rows of a narrow panel from row k on, a multiple of 32. */
  static void decode(PackedMatrix from, int narrow, int k, int depth, float[] to, int offset) {
    int width = VectorProduct.width(from.cols(), narrow);
    for (int i = 0; i < depth; i += DEPTH) {
      int word = word(from, narrow, k + i);
      int scale = scale(from, narrow, k + i);
      for (int lane = 0; lane < width; lane += LANES) {
        FloatVector factor = FloatVector.fromArray(SPECIES, from.scales(), scale + lane);
        decodeColumns(from.words(), word + lane, factor, width, to, offset + i * width + lane);
      }
    }
  }

  /**
   * Reads one of {@code parts} parts of the panel that lies behind {@code depth} rows of a narrow
   * panel from row k on, which brings it nearer while that one is multiplied.
   *
   * @return what was read, of no meaning, so that the reading is not optimised away
   */
  static int touch(PackedMatrix from, int narrow, int k, int depth, int part, int parts) {
    int[] words = from.words();
    int size = depth * VectorProduct.width(from.cols(), narrow) / PER_WORD;
    int next = word(from, narrow, k) + size;
    int begin = next + (int) ((long) size * part / parts);
    int end = Math.min(words.length, next + (int) ((long) size * (part + 1) / parts));
    int seen = 0;
    for (int i = begin; i < end; i += WORDS_PER_LINE) {
      seen ^= words[i];
    }
    return seen;
  }

  /** 32 rows of one vector of columns. */
  private static void decodeColumns(
      int[] words, int word, FloatVector factor, int width, float[] to, int offset) {
    for (int i = 0; i < DEPTH / PER_WORD; i++) {
      IntVector four = IntVector.fromArray(INTS, words, word + i * width);
      int at = offset + i * PER_WORD * width;
      four.lanewise(VectorOperators.LSHL, 24)
          .lanewise(VectorOperators.ASHR, 24)
          .convert(VectorOperators.I2F, 0)
          .reinterpretAsFloats()
          .mul(factor)
          .intoArray(to, at);
      four.lanewise(VectorOperators.LSHL, 16)
          .lanewise(VectorOperators.ASHR, 24)
          .convert(VectorOperators.I2F, 0)
          .reinterpretAsFloats()
          .mul(factor)
          .intoArray(to, at + width);
      four.lanewise(VectorOperators.LSHL, 8)
          .lanewise(VectorOperators.ASHR, 24)
          .convert(VectorOperators.I2F, 0)
          .reinterpretAsFloats()
          .mul(factor)
          .intoArray(to, at + 2 * width);
      four.lanewise(VectorOperators.ASHR, 24)
          .convert(VectorOperators.I2F, 0)
          .reinterpretAsFloats()
          .mul(factor)
          .intoArray(to, at + 3 * width);
    }
  }
}

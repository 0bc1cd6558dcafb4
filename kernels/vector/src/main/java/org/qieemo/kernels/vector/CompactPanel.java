package org.qieemo.kernels.vector;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.qieemo.kernels.DType;
import org.qieemo.kernels.Decoder;
import org.qieemo.kernels.cpu.PackedMatrix;

/**
 * Weights in Q8_0, F16 and BF16 that stay in their eight or sixteen bits. Before a narrow panel is
 * multiplied, its block of depth is decoded into the first-level cache, once for a whole strip of
 * rows: a few percent of the product's work, for a quarter or half of the memory traffic. Values
 * are those of {@link Decoder}, bit by bit.
 *
 * <p>Packed order: a word holds the consecutive depths of a column, four bytes or two halves, the
 * first in its lowest bits; word (k / 4 or k / 2, column) lies in the order of {@link
 * VectorProduct}. So every vector is of the width that the JVM prefers, and shifts spread the
 * weights.
 */
final class CompactPanel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = VectorProduct.WIDTH;
  private static final int DEPTH = DType.Q8_0.blockSize(); // of one scale
  private static final int BYTES = 4; // of Q8_0 in a word
  private static final int HALVES = 2; // of F16 or BF16 in a word
  private static final int WORDS_PER_LINE = 16; // of a cache

  private static final int HALF_INFINITY = 0x7c00;
  private static final int UPPER_HALF = 0xffff0000;

  /** Of a half shifted right by three, its sign kept: sign, exponent and mantissa of a float. */
  private static final int HALF_AS_FLOAT = 0x8fffe000;

  /** A half's exponent, in the place of a float's, is this factor too small. */
  private static final float HALF_SCALE = 0x1p112f;

  private CompactPanel() {}

  /**
   * Packs [cols, depth] of a type that is not F32.
   *
   * @return whether it could: depth must fill words and scales, and halves be finite
   */
  static boolean pack(PackedMatrix to, int depth, int cols, DType type, ByteBuffer stored) {
    boolean bytes = type == DType.Q8_0;
    if (depth % (bytes ? DEPTH : HALVES) != 0 || type == DType.F16 && !isFinite(stored)) {
      return false;
    }
    int padded = VectorProduct.paddedColumns(cols);
    int[] words = new int[Math.multiplyExact(depth, padded) / perWord(type)];
    float[] scales = new float[bytes ? depth / DEPTH * padded : 0];
    to.setCompact(depth, cols, padded, type, words, scales);
    int column = Math.toIntExact(type.bytes(depth));
    for (int n = 0, at = stored.position(); n < cols; n++, at += column) {
      if (bytes) {
        packBytes(stored, at, to, n);
      } else {
        packWords(stored, at, to, n, 0, depth);
      }
    }
    return true;
  }

  private static boolean isFinite(ByteBuffer halves) {
    for (int at = halves.position(); at < halves.limit(); at += Short.BYTES) {
      if ((halves.getShort(at) & HALF_INFINITY) == HALF_INFINITY) {
        return false;
      }
    }
    return true;
  }

  /** One column of Q8_0, from its first block at {@code at} on. */
  private static void packBytes(ByteBuffer blocks, int at, PackedMatrix to, int n) {
    int next = at;
    for (int k = 0; k < to.depth(); k += DEPTH) {
      to.scales()[scale(to, n / WIDTH, k) + n % WIDTH] = Decoder.halfToFloat(blocks.getShort(next));
      packWords(blocks, next + Short.BYTES, to, n, k, DEPTH);
      next += DType.Q8_0.blockBytes();
    }
  }

  /** The depths [k, k + depth) of one column, which lie one behind the other from {@code at} on. */
  private static void packWords(
      ByteBuffer stored, int at, PackedMatrix to, int n, int k, int depth) {
    int perWord = perWord(to.type());
    int width = VectorProduct.width(to.cols(), n / WIDTH);
    int word = 0;
    for (int i = 0; i < depth; i += perWord) {
      boolean first = i == 0 || (k + i) % VectorProduct.BLOCK == 0;
      word = first ? word(to, n / WIDTH, k + i) + n % WIDTH : word + width;
      to.words()[word] = stored.getInt(at + i / perWord * Integer.BYTES);
    }
  }

  private static int perWord(DType type) {
    return type == DType.Q8_0 ? BYTES : HALVES;
  }

  /** Index of the word that holds (k, 0) of a narrow panel; k is the first of a word. */
  private static int word(PackedMatrix matrix, int narrow, int k) {
    return VectorProduct.position(matrix, narrow, k) / perWord(matrix.type());
  }

  /** Index of the scale of (k, 0) and the depths behind it, in the same order as the words. */
  private static int scale(PackedMatrix matrix, int narrow, int k) {
    return VectorProduct.position(matrix, narrow, k) / DEPTH;
  }

  /** Decodes {@code depth} rows of a narrow panel from row k on, a multiple of 32. */
  static void decode(PackedMatrix from, int narrow, int k, int depth, float[] to, int offset) {
    int width = VectorProduct.width(from.cols(), narrow);
    int word = word(from, narrow, k);
    for (int lane = 0; lane < width; lane += LANES) {
      int at = offset + lane;
      switch (from.type()) {
        case F16 -> decodeHalves(from.words(), word + lane, depth, width, to, at);
        case BF16 -> decodeUpperHalves(from.words(), word + lane, depth, width, to, at);
        default ->
            decodeBytes(from, word + lane, scale(from, narrow, k) + lane, depth, width, to, at);
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
    int size = depth * VectorProduct.width(from.cols(), narrow) / perWord(from.type());
    int next = word(from, narrow, k) + size;
    int begin = next + (int) ((long) size * part / parts);
    int end = Math.min(words.length, next + (int) ((long) size * (part + 1) / parts));
    int seen = 0;
    for (int i = begin; i < end; i += WORDS_PER_LINE) {
      seen ^= words[i];
    }
    return seen;
  }

  /** Some rows of Q8_0, for one vector of columns. */
  private static void decodeBytes(
      PackedMatrix from, int word, int scale, int depth, int width, float[] to, int offset) {
    for (int i = 0; i < depth; i += DEPTH) {
      int first = word + i / BYTES * width;
      int factor = scale + i / DEPTH * width;
      decodeBlock(from.words(), first, from.scales(), factor, width, to, offset + i * width);
    }
  }

  private static void decodeBlock(
      int[] words, int word, float[] scales, int scale, int width, float[] to, int offset) {
    FloatVector factor = FloatVector.fromArray(SPECIES, scales, scale);
    for (int i = 0; i < DEPTH / BYTES; i++) {
      IntVector four = IntVector.fromArray(INTS, words, word + i * width);
      int at = offset + i * BYTES * width;
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

  /** Some rows of F16, for one vector of columns. */
  private static void decodeHalves(
      int[] words, int word, int depth, int width, float[] to, int offset) {
    for (int i = 0; i < depth / HALVES; i++) {
      IntVector two = IntVector.fromArray(INTS, words, word + i * width);
      int at = offset + i * HALVES * width;
      two.lanewise(VectorOperators.LSHL, 16)
          .lanewise(VectorOperators.ASHR, 3)
          .and(HALF_AS_FLOAT)
          .reinterpretAsFloats()
          .mul(HALF_SCALE)
          .intoArray(to, at);
      two.lanewise(VectorOperators.ASHR, 3)
          .and(HALF_AS_FLOAT)
          .reinterpretAsFloats()
          .mul(HALF_SCALE)
          .intoArray(to, at + width);
    }
  }

  /** Some rows of BF16, for one vector of columns. */
  private static void decodeUpperHalves(
      int[] words, int word, int depth, int width, float[] to, int offset) {
    for (int i = 0; i < depth / HALVES; i++) {
      IntVector two = IntVector.fromArray(INTS, words, word + i * width);
      int at = offset + i * HALVES * width;
      two.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, at);
      two.and(UPPER_HALF).reinterpretAsFloats().intoArray(to, at + width);
    }
  }
}

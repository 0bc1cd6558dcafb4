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
 * are those of {@link Decoder}, bit by bit, but for the sign of zeros of a negative scale.
 *
 * <p>Packed order: a word holds the consecutive depths of a column, four bytes or two halves, the
 * first in its lowest bits, but for Q8_0, whose words {@link #spread} arranges, and whose scales
 * are a row behind the eight rows of words that they scale; otherwise word (k / 4 or k / 2, column)
 * lies in the order of {@link VectorProduct}. So every vector is of the width that the JVM prefers,
 * and shifts spread the weights.
 */
final class CompactPanel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int WIDTH = VectorProduct.WIDTH;
  private static final int DEPTH = DType.Q8_0.blockSize(); // of one scale
  private static final int BYTES = 4; // of Q8_0 in a word
  private static final int HALVES = 2; // of F16 or BF16 in a word
  private static final int SCALE_ROW = DEPTH / BYTES; // behind the words of a scale's rows
  private static final int ROWS = SCALE_ROW + 1; // of words for each scale

  private static final int SIGNS = 0x80808080; // of the bytes of a word
  private static final int BYTE_LEFT = 7; // from a word's second byte to the top of a mantissa
  private static final int BYTE_OF_MANTISSA = 0x007f8000;
  private static final int ONE = 0x3f800000; // the bits of 1f
  private static final float BYTE_RANGE = 256f; // by which kept scales are multiplied

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
   * @return whether it could: depth must fill words and scales, and F16 and scales be finite
   */
  static boolean pack(PackedMatrix to, int depth, int cols, DType type, ByteBuffer stored) {
    boolean bytes = type == DType.Q8_0;
    if (depth % (bytes ? DEPTH : HALVES) != 0 || type != DType.BF16 && !isFinite(stored, type)) {
      return false;
    }
    int padded = VectorProduct.paddedColumns(cols);
    to.setCompact(depth, cols, padded, type, words(Math.multiplyExact(depth, padded), type));
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

  /** Whether no half is infinite or NaN: no value of F16, no scale of Q8_0. */
  private static boolean isFinite(ByteBuffer stored, DType type) {
    int step = type == DType.Q8_0 ? type.blockBytes() : Short.BYTES;
    for (int at = stored.position(); at < stored.limit(); at += step) {
      if ((stored.getShort(at) & HALF_INFINITY) == HALF_INFINITY) {
        return false;
      }
    }
    return true;
  }

  /** One column of Q8_0, from its first block at {@code at} on. */
  private static void packBytes(ByteBuffer blocks, int at, PackedMatrix to, int n) {
    int next = at;
    for (int k = 0; k < to.depth(); k += DEPTH) {
      float scale = Decoder.halfToFloat(blocks.getShort(next));
      int words = word(to, n / WIDTH, k) + n % WIDTH;
      int width = VectorProduct.width(to.cols(), n / WIDTH);
      to.words()[words + SCALE_ROW * width] = scale * BYTE_RANGE;
      packWords(blocks, next + Short.BYTES, to, n, k, DEPTH);
      next += DType.Q8_0.blockBytes();
    }
  }

  /** The depths [k, k + depth) of one column, which lie one behind the other from {@code at} on. */
  private static void packWords(
      ByteBuffer stored, int at, PackedMatrix to, int n, int k, int depth) {
    boolean bytes = to.type() == DType.Q8_0;
    int perWord = perWord(to.type());
    int width = VectorProduct.width(to.cols(), n / WIDTH);
    int word = 0;
    for (int i = 0; i < depth; i += perWord) {
      boolean first = i == 0 || (k + i) % VectorProduct.BLOCK == 0;
      word = first ? word(to, n / WIDTH, k + i) + n % WIDTH : word + width;
      int bits = stored.getInt(at + i / perWord * Integer.BYTES);
      to.words()[word] = Float.intBitsToFloat(bytes ? spread(bits) : bits);
    }
  }

  /**
   * Four bytes as {@link #decodeBytes} takes them: plus 128, the second in the top of a mantissa.
   */
  private static int spread(int bytes) {
    return Integer.rotateLeft(bytes ^ SIGNS, BYTE_LEFT);
  }

  private static int perWord(DType type) {
    return type == DType.Q8_0 ? BYTES : HALVES;
  }

  /** Words that some weights take with their scales. */
  private static int words(int weights, DType type) {
    return type == DType.Q8_0 ? weights / DEPTH * ROWS : weights / HALVES;
  }

  /** Words that {@code depth} rows of a narrow panel take. */
  static int words(PackedMatrix matrix, int narrow, int depth) {
    return words(depth * VectorProduct.width(matrix.cols(), narrow), matrix.type());
  }

  /**
   * Index of the word that holds (k, 0) of a narrow panel; k is the first of a word and a scale.
   */
  static int word(PackedMatrix matrix, int narrow, int k) {
    return matrix.first() + words(VectorProduct.position(matrix, narrow, k), matrix.type());
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
        default -> decodeBytes(from.words(), word + lane, depth, width, to, at);
      }
    }
  }

  /**
   * Some rows of Q8_0, for one vector of columns. A byte in the top of the mantissa of 1 makes 1 +
   * byte / 256; 256 times the scale, kept so, and 384 times it less, make it what it stands for,
   * without rounding.
   */
  private static void decodeBytes(
      float[] words, int word, int depth, int width, float[] to, int offset) {
    IntVector mantissa = IntVector.broadcast(INTS, BYTE_OF_MANTISSA);
    IntVector one = IntVector.broadcast(INTS, ONE);
    for (int i = 0; i < depth / BYTES; i++) {
      int block = i / SCALE_ROW;
      int scale = word + (block * ROWS + SCALE_ROW) * width;
      FloatVector factor = FloatVector.fromArray(SPECIES, words, scale);
      FloatVector less = factor.mul(-1.5f);
      int row = word + (i + block) * width;
      IntVector four = FloatVector.fromArray(SPECIES, words, row).reinterpretAsInts();
      int at = offset + i * BYTES * width;
      IntVector first = four.lanewise(VectorOperators.LSHL, 8).and(mantissa).or(one);
      first.reinterpretAsFloats().fma(factor, less).intoArray(to, at);
      IntVector second = four.and(mantissa).or(one);
      second.reinterpretAsFloats().fma(factor, less).intoArray(to, at + width);
      IntVector third = four.lanewise(VectorOperators.LSHR, 8).and(mantissa).or(one);
      third.reinterpretAsFloats().fma(factor, less).intoArray(to, at + 2 * width);
      IntVector fourth = four.lanewise(VectorOperators.ROL, 16).and(mantissa).or(one);
      fourth.reinterpretAsFloats().fma(factor, less).intoArray(to, at + 3 * width);
    }
  }

  /** Some rows of F16, for one vector of columns. */
  private static void decodeHalves(
      float[] words, int word, int depth, int width, float[] to, int offset) {
    for (int i = 0; i < depth / HALVES; i++) {
      IntVector two = FloatVector.fromArray(SPECIES, words, word + i * width).reinterpretAsInts();
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
      float[] words, int word, int depth, int width, float[] to, int offset) {
    for (int i = 0; i < depth / HALVES; i++) {
      IntVector two = FloatVector.fromArray(SPECIES, words, word + i * width).reinterpretAsInts();
      int at = offset + i * HALVES * width;
      two.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, at);
      two.and(UPPER_HALF).reinterpretAsFloats().intoArray(to, at + width);
    }
  }
}

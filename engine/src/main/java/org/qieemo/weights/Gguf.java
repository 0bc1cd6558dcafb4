package org.qieemo.weights;

import org.qieemo.kernels.DType;

/** The numbers of GGUF v3, each once, for its reader and its writer. */
public final class Gguf {
  /** "GGUF", little-endian. */
  public static final int MAGIC = 0x46554747;

  /** The version that is read and written. */
  public static final int VERSION = 3;

  /** Alignment of the tensors where {@link Keys#ALIGNMENT} is absent. */
  public static final int DEFAULT_ALIGNMENT = 32;

  /** Bytes of the longest tensor name. */
  public static final int MAX_NAME_BYTES = 63;

  /** Bytes of the longest metadata key. */
  public static final int MAX_KEY_BYTES = 65_535;

  /** Dimensions of a tensor. */
  public static final int MAX_DIMENSIONS = 4;

  private static final DType[] TYPES = {DType.F32, DType.F16, DType.Q8_0, DType.BF16};
  private static final int[] TYPE_IDS = {0, 1, 8, 30};

  /** Types of metadata values; the ordinal is the number in the file. */
  public enum ValueType {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    /** A length of 8 bytes, then UTF-8. */
    STRING(8),
    /** A type of 4 bytes and a count of 8 bytes, then the elements. */
    ARRAY(12),
    UINT64(8),
    INT64(8),
    FLOAT64(8);

    private final int leastBytes;

    ValueType(int leastBytes) {
      this.leastBytes = leastBytes;
    }

    /** The fewest bytes that a value takes. */
    public int leastBytes() {
      return leastBytes;
    }
  }

  private Gguf() {}

  /** The number that stands for a type in the file. */
  public static int typeId(DType dtype) {
    for (int i = 0; i < TYPES.length; i++) {
      if (TYPES[i] == dtype) {
        return TYPE_IDS[i];
      }
    }
    throw new IllegalArgumentException("GGUF has no number for " + dtype);
  }

  /** The type that a number stands for, or null if this engine does not know it. */
  public static DType type(int id) {
    for (int i = 0; i < TYPES.length; i++) {
      if (TYPE_IDS[i] == id) {
        return TYPES[i];
      }
    }
    return null;
  }

  /** The next multiple of {@code alignment}, a power of two, from {@code offset} on. */
  public static long align(long offset, int alignment) {
    return Math.addExact(offset, alignment - 1L) & -alignment;
  }
}
